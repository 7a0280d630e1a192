package org.bittern.api.engine;

import java.util.List;

/** The options of one torrent. Every one acts, and acts at once when it is changed. */
public final class TorrentOptions {

    /** Bytes per second inside, kB/s outside; 0 = no limit of its own. */
    public static final Setting<Long> DOWNLOAD_LIMIT = Setting.rate("download-limit", 0);

    /** Bytes per second inside, kB/s outside; 0 = no limit of its own. */
    public static final Setting<Long> UPLOAD_LIMIT = Setting.rate("upload-limit", 0);

    /** Connected peers; 0 = as the session says. */
    public static final Setting<Integer> MAX_CONNECTIONS =
            Setting.integer("peer-limit", 0, 0, 100_000);

    /** Pieces in order instead of rarest first. */
    public static final Setting<Boolean> SEQUENTIAL = Setting.flag("sequential-download", false);

    /** While we are the only seed: show each peer one piece at a time (BEP 16). */
    public static final Setting<Boolean> SUPER_SEEDING = Setting.flag("super-seeding", false);

    /** Every option, in order of declaration. */
    public static final List<Setting<?>> ALL =
            List.of(DOWNLOAD_LIMIT, UPLOAD_LIMIT, MAX_CONNECTIONS, SEQUENTIAL, SUPER_SEEDING);

    private TorrentOptions() {}
}
