package org.bittern.api.engine;

/** What happens to a torrent that has reached a seeding limit. */
public enum SeedAction {
    STOP,
    /** Removed from the session; its files stay. */
    REMOVE,
    /** Removed with its files. */
    REMOVE_DATA,
    /** Goes on in the manner of an initial seed (BEP 16), which uploads less in vain. */
    SUPER_SEED
}
