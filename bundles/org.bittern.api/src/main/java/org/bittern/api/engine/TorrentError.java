package org.bittern.api.engine;

/**
 * What is wrong with a torrent.
 *
 * @param kind what kind of trouble
 * @param message one line for a person
 */
public record TorrentError(Kind kind, String message) {
    /** Kinds of trouble; the first two come from trackers and do not stop the torrent. */
    public enum Kind {
        TRACKER_WARNING,
        TRACKER_ERROR,
        DISK_FULL,
        /** The files or their mount are gone; nothing is downloaded again by itself. */
        STORE_MISSING,
        DISK_ERROR,
        METADATA,
        INTERNAL
    }
}
