package org.bittern.api.engine;

/** What a torrent is doing. */
public enum TorrentState {
    /** A magnet link without its metadata yet. */
    METADATA,
    CHECK_QUEUED,
    CHECKING,
    DOWNLOAD_QUEUED,
    DOWNLOADING,
    /** All wanted files are complete, but not all files are wanted; uploads. */
    FINISHED,
    SEED_QUEUED,
    SEEDING,
    /** Connections are kept, no block goes either way. */
    PAUSED,
    /** No connections. */
    STOPPED,
    /** Stopped by an error, see {@link TorrentSnapshot#error()}. */
    ERROR
}
