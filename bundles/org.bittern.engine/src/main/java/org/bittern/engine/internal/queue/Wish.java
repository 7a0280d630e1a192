package org.bittern.engine.internal.queue;

/** What a torrent would do if it were its turn. */
public enum Wish {
    /** Nothing that needs a turn. */
    NONE,
    DOWNLOAD,
    SEED
}
