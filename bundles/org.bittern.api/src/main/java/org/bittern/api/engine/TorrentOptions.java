package org.bittern.api.engine;

import java.util.List;

/** The options of one torrent. Every one acts, and acts at once when it is changed. */
public final class TorrentOptions {

    /** Which limit holds; numbers outside count from 0 as Transmission's do. */
    public enum LimitMode {
        /** That of the first label with a policy that has one, else that of the session. */
        SESSION,
        /** Its own. */
        OWN,
        UNLIMITED
    }

    /** Bytes per second inside, kB/s outside; 0 = no limit of its own. */
    public static final Setting<Long> DOWNLOAD_LIMIT = Setting.rate("download-limit", 0);

    /** Off: {@link #DOWNLOAD_LIMIT} is kept, but does not hold. */
    public static final Setting<Boolean> DOWNLOAD_LIMITED = Setting.flag("download-limited", true);

    /** Bytes per second inside, kB/s outside; 0 = no limit of its own. */
    public static final Setting<Long> UPLOAD_LIMIT = Setting.rate("upload-limit", 0);

    /** Off: {@link #UPLOAD_LIMIT} is kept, but does not hold. */
    public static final Setting<Boolean> UPLOAD_LIMITED = Setting.flag("upload-limited", true);

    /** The rate limits of the session hold for it as well. */
    public static final Setting<Boolean> HONORS_SESSION_LIMITS =
            Setting.flag("honors-session-limits", true);

    /**
     * Its share where torrents share a limit: -1, 0 or 1; a step is a factor of {@value
     * #PRIORITY_FACTOR}.
     */
    public static final Setting<Integer> BANDWIDTH_PRIORITY =
            Setting.integer("bandwidth-priority", 0, -1, 1);

    /** See {@link #BANDWIDTH_PRIORITY}. */
    public static final int PRIORITY_FACTOR = 4;

    /** Name of its {@link BandwidthGroup}; empty: none. */
    public static final Setting<String> GROUP = Setting.text("group", "");

    /** Connected peers; 0 = as the session says. */
    public static final Setting<Integer> MAX_CONNECTIONS =
            Setting.integer("peer-limit", 0, 0, 100_000);

    /** Unchoked peers; 0 = as the session says. */
    public static final Setting<Integer> UPLOAD_SLOTS =
            Setting.integer("upload-slots", 0, 0, 10_000);

    /** Pieces in order instead of rarest first. */
    public static final Setting<Boolean> SEQUENTIAL = Setting.flag("sequential-download", false);

    /** First piece of the sequential order; those before it follow at the end. */
    public static final Setting<Integer> SEQUENTIAL_FROM =
            Setting.integer("sequential-download-from-piece", 0, 0, Integer.MAX_VALUE);

    /** First and last piece of each file before the others, for previews. */
    public static final Setting<Boolean> FIRST_LAST_PIECE = Setting.flag("first-last-piece", false);

    /** While we are the only seed: show each peer one piece at a time (BEP 16). */
    public static final Setting<Boolean> SUPER_SEEDING = Setting.flag("super-seeding", false);

    /** Whether {@link #SEED_RATIO_LIMIT} holds. */
    public static final Setting<LimitMode> SEED_RATIO_MODE =
            Setting.choice("seed-ratio-mode", LimitMode.SESSION);

    /** See {@link SeedLimits#ratio}. */
    public static final Setting<Double> SEED_RATIO_LIMIT =
            Setting.decimal("seed-ratio-limit", 2, 0, 1_000_000);

    /** Whether {@link #SEED_IDLE_LIMIT} holds. */
    public static final Setting<LimitMode> SEED_IDLE_MODE =
            Setting.choice("seed-idle-mode", LimitMode.SESSION);

    /** Minutes; see {@link SeedLimits#idle}. */
    public static final Setting<Integer> SEED_IDLE_LIMIT =
            Setting.integer("seed-idle-limit", 30, 0, 100_000_000);

    /** Whether {@link #SEED_TIME_LIMIT} holds. */
    public static final Setting<LimitMode> SEED_TIME_MODE =
            Setting.choice("seed-time-mode", LimitMode.SESSION);

    /** Minutes; see {@link SeedLimits#time}. */
    public static final Setting<Integer> SEED_TIME_LIMIT =
            Setting.integer("seed-time-limit", 1440, 0, 100_000_000);

    /** What follows when a limit of its own is reached. */
    public static final Setting<SeedAction> SEED_LIMIT_ACTION =
            Setting.choice("seed-limit-action", SeedAction.STOP);

    /** A note of the user, shown instead of the comment of the torrent file; empty: none. */
    public static final Setting<String> COMMENT = Setting.lines("comment", "");

    /** Every option, in order of declaration. */
    public static final List<Setting<?>> ALL =
            List.of(
                    DOWNLOAD_LIMIT,
                    DOWNLOAD_LIMITED,
                    UPLOAD_LIMIT,
                    UPLOAD_LIMITED,
                    HONORS_SESSION_LIMITS,
                    BANDWIDTH_PRIORITY,
                    GROUP,
                    MAX_CONNECTIONS,
                    UPLOAD_SLOTS,
                    SEQUENTIAL,
                    SEQUENTIAL_FROM,
                    FIRST_LAST_PIECE,
                    SUPER_SEEDING,
                    SEED_RATIO_MODE,
                    SEED_RATIO_LIMIT,
                    SEED_IDLE_MODE,
                    SEED_IDLE_LIMIT,
                    SEED_TIME_MODE,
                    SEED_TIME_LIMIT,
                    SEED_LIMIT_ACTION,
                    COMMENT);

    private TorrentOptions() {}
}
