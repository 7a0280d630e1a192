package org.bittern.api.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of an engine. Every one acts, and acts at once when it is changed. Names are those
 * of Transmission's {@code settings.json} where it has one. Rates are bytes per second here, and
 * kB/s (1000 bytes) in that file.
 *
 * @see NetworkSettings where peers are looked for and by which ways they are reached
 * @see RpcSettings
 */
public final class EngineSettings {

    /**
     * How peers are talked to (MSE/PE); the first three stand in the order of Transmission's
     * numbers.
     */
    public enum Encryption {
        /** Both ways, plaintext first; a dial that fails in one form is tried in the other. */
        TOLERATED,
        /** Both ways, encrypted first; a dial that fails in one form is tried in the other. */
        PREFERRED,
        /** RC4 only. */
        REQUIRED,
        /** Plaintext only. */
        DISABLED
    }

    /** How space for files is reserved. */
    public enum Preallocation {
        NONE,
        SPARSE,
        FULL
    }

    /** When what was written is made to survive a loss of power (fsync). */
    public enum DiskSync {
        /** When the system likes; after a loss of power a sample of pieces is checked. */
        NEVER,
        /** Before resume data claims it: every 30 s while something comes, and at every stop. */
        PERIODIC,
        /** Before a piece counts as there and is told to peers. */
        PIECE
    }

    /** Directory of new torrents; empty: the process's working directory. */
    public static final Setting<String> DOWNLOAD_DIR = Setting.text("download-dir", "");

    /** Where unfinished torrents lie, when {@link #INCOMPLETE_DIR_ENABLED}; empty: nowhere else. */
    public static final Setting<String> INCOMPLETE_DIR = Setting.text("incomplete-dir", "");

    /** Torrents added from now on lie elsewhere until all wanted files are complete. */
    public static final Setting<Boolean> INCOMPLETE_DIR_ENABLED =
            Setting.flag("incomplete-dir-enabled", false);

    /** Names of unfinished files end in {@code .part}; acts on files that are made from now on. */
    public static final Setting<Boolean> RENAME_PARTIAL_FILES =
            Setting.flag("rename-partial-files", false);

    /** Torrent files that appear here are added, when {@link #WATCH_DIR_ENABLED}. */
    public static final Setting<String> WATCH_DIR = Setting.text("watch-dir", "");

    /** Torrent files of {@link #WATCH_DIR} are added. */
    public static final Setting<Boolean> WATCH_DIR_ENABLED =
            Setting.flag("watch-dir-enabled", false);

    /** A torrent file that was added from the watched directory is deleted, not renamed. */
    public static final Setting<Boolean> TRASH_ORIGINAL_TORRENT_FILES =
            Setting.flag("trash-original-torrent-files", false);

    /** See {@link Encryption}. */
    public static final Setting<Encryption> ENCRYPTION =
            Setting.choice("encryption", Encryption.PREFERRED);

    /** Several peers of one address at a time. */
    public static final Setting<Boolean> ALLOW_SAME_IP = Setting.flag("allow-same-ip", false);

    /** Connected peers of all torrents. */
    public static final Setting<Integer> PEER_LIMIT_GLOBAL =
            Setting.integer("peer-limit-global", 500, 1, 100_000);

    /** Connected peers of one torrent, unless it says otherwise. */
    public static final Setting<Integer> PEER_LIMIT_PER_TORRENT =
            Setting.integer("peer-limit-per-torrent", 100, 1, 100_000);

    /** Unchoked peers of one torrent. */
    public static final Setting<Integer> UPLOAD_SLOTS_PER_TORRENT =
            Setting.integer("upload-slots-per-torrent", 8, 1, 10_000);

    /** Outgoing connections of all torrents that are not open yet. */
    public static final Setting<Integer> HALF_OPEN_LIMIT =
            Setting.integer("half-open-limit", 100, 1, 100_000);

    /** Blocks that a peer may ask for ahead; told to new peers. */
    public static final Setting<Integer> REQQ = Setting.integer("reqq", 2000, 1, 10_000);

    /** New outgoing connections a second. */
    public static final Setting<Integer> CONNECTS_PER_SECOND =
            Setting.integer("connects-per-second", 30, 1, 10_000);

    /** Download rate of all torrents, when {@link #SPEED_LIMIT_DOWN_ENABLED}. */
    public static final Setting<Long> SPEED_LIMIT_DOWN = Setting.rate("speed-limit-down", 100_000);

    /** {@link #SPEED_LIMIT_DOWN} holds. */
    public static final Setting<Boolean> SPEED_LIMIT_DOWN_ENABLED =
            Setting.flag("speed-limit-down-enabled", false);

    /** Upload rate of all torrents, when {@link #SPEED_LIMIT_UP_ENABLED}. */
    public static final Setting<Long> SPEED_LIMIT_UP = Setting.rate("speed-limit-up", 100_000);

    /** {@link #SPEED_LIMIT_UP} holds. */
    public static final Setting<Boolean> SPEED_LIMIT_UP_ENABLED =
            Setting.flag("speed-limit-up-enabled", false);

    /** Other limits take the place of the two above, see {@link #ALT_SPEED_TIME_ENABLED}. */
    public static final Setting<Boolean> ALT_SPEED_ENABLED =
            Setting.flag("alt-speed-enabled", false);

    /** Download rate of all torrents, when {@link #ALT_SPEED_ENABLED}. */
    public static final Setting<Long> ALT_SPEED_DOWN = Setting.rate("alt-speed-down", 50_000);

    /** Upload rate of all torrents, when {@link #ALT_SPEED_ENABLED}. */
    public static final Setting<Long> ALT_SPEED_UP = Setting.rate("alt-speed-up", 50_000);

    /**
     * The clock switches {@link #ALT_SPEED_ENABLED}: at once when this or a key of the schedule is
     * set, and at each begin and end; between them the user may.
     */
    public static final Setting<Boolean> ALT_SPEED_TIME_ENABLED =
            Setting.flag("alt-speed-time-enabled", false);

    /** Minutes after local midnight. */
    public static final Setting<Integer> ALT_SPEED_TIME_BEGIN =
            Setting.integer("alt-speed-time-begin", 540, 0, 1439);

    /** Minutes after local midnight; not after the begin: on the next day. */
    public static final Setting<Integer> ALT_SPEED_TIME_END =
            Setting.integer("alt-speed-time-end", 1020, 0, 1439);

    /** Days on which the time begins: 1 Sunday, 2 Monday, 4 Tuesday … 64 Saturday, added up. */
    public static final Setting<Integer> ALT_SPEED_TIME_DAY =
            Setting.integer("alt-speed-time-day", 127, 0, 127);

    /** Off: peers of the local network and of this machine are not limited in rate. */
    public static final Setting<Boolean> LIMIT_LAN_PEERS = Setting.flag("limit-lan-peers", true);

    /** Of the torrents that want to download only the first few do, see {@link Queue}. */
    public static final Setting<Boolean> DOWNLOAD_QUEUE_ENABLED =
            Setting.flag("download-queue-enabled", true);

    /** Torrents that download at a time. */
    public static final Setting<Integer> DOWNLOAD_QUEUE_SIZE =
            Setting.integer("download-queue-size", 5, 0, 1_000_000);

    /** Of the torrents that want to seed only the first few do, see {@link Queue}. */
    public static final Setting<Boolean> SEED_QUEUE_ENABLED =
            Setting.flag("seed-queue-enabled", false);

    /** Torrents that seed at a time. */
    public static final Setting<Integer> SEED_QUEUE_SIZE =
            Setting.integer("seed-queue-size", 10, 0, 1_000_000);

    /** A torrent that has moved nothing for a while leaves its place to the next. */
    public static final Setting<Boolean> QUEUE_STALLED_ENABLED =
            Setting.flag("queue-stalled-enabled", true);

    /** See {@link #QUEUE_STALLED_ENABLED}. */
    public static final Setting<Integer> QUEUE_STALLED_MINUTES =
            Setting.integer("queue-stalled-minutes", 30, 1, 100_000_000);

    /** Torrents that are checked at a time on one device; further ones wait. */
    public static final Setting<Integer> CHECK_QUEUE_SIZE =
            Setting.integer("check-queue-size", 1, 1, 1000);

    /** Whether {@link #RATIO_LIMIT} holds. */
    public static final Setting<Boolean> RATIO_LIMIT_ENABLED =
            Setting.flag("ratio-limit-enabled", false);

    /** See {@link SeedLimits#ratio}. */
    public static final Setting<Double> RATIO_LIMIT =
            Setting.decimal("ratio-limit", 2, 0, 1_000_000);

    /** Whether {@link #IDLE_SEEDING_LIMIT} holds. */
    public static final Setting<Boolean> IDLE_SEEDING_LIMIT_ENABLED =
            Setting.flag("idle-seeding-limit-enabled", false);

    /** Minutes; see {@link SeedLimits#idle}. */
    public static final Setting<Integer> IDLE_SEEDING_LIMIT =
            Setting.integer("idle-seeding-limit", 30, 0, 100_000_000);

    /** Whether {@link #SEED_TIME_LIMIT} holds. */
    public static final Setting<Boolean> SEED_TIME_LIMIT_ENABLED =
            Setting.flag("seed-time-limit-enabled", false);

    /** Minutes; see {@link SeedLimits#time}. */
    public static final Setting<Integer> SEED_TIME_LIMIT =
            Setting.integer("seed-time-limit", 1440, 0, 100_000_000);

    /** What follows when a limit of the session is reached. */
    public static final Setting<SeedAction> SEED_LIMIT_ACTION =
            Setting.choice("seed-limit-action", SeedAction.STOP);

    /** New torrents start when the request does not say how, see {@link AddTorrent.Start}. */
    public static final Setting<Boolean> START_ADDED_TORRENTS =
            Setting.flag("start-added-torrents", true);

    /** New torrents load their pieces in order unless their options say otherwise. */
    public static final Setting<Boolean> SEQUENTIAL_DOWNLOAD =
            Setting.flag("sequential_download", false);

    /**
     * Announce URLs that every public torrent has too, one in a line, an empty line between tiers.
     */
    public static final Setting<String> DEFAULT_TRACKERS = Setting.lines("default-trackers", "");

    /** How space for files is reserved; Transmission writes 0, 1 or 2. */
    public static final Setting<Preallocation> PREALLOCATION =
            Setting.choice("preallocation", Preallocation.SPARSE);

    /** See {@link DiskSync}. */
    public static final Setting<DiskSync> DISK_SYNC =
            Setting.choice("disk-sync", DiskSync.PERIODIC);

    /** MiB of a file system that downloads leave free: they stop and go on by themselves. */
    public static final Setting<Integer> DISK_RESERVE_MIB =
            Setting.integer("disk-reserve-mib", 0, 0, Integer.MAX_VALUE);

    /** MiB of blocks that may wait for the disk before sockets are no longer read. */
    public static final Setting<Integer> DISK_QUEUE_MIB =
            Setting.integer("disk-queue-mib", 100, 4, 4096);

    private static final List<Setting<?>> OWN =
            List.of(
                    DOWNLOAD_DIR,
                    INCOMPLETE_DIR,
                    INCOMPLETE_DIR_ENABLED,
                    RENAME_PARTIAL_FILES,
                    WATCH_DIR,
                    WATCH_DIR_ENABLED,
                    TRASH_ORIGINAL_TORRENT_FILES,
                    ENCRYPTION,
                    ALLOW_SAME_IP,
                    PEER_LIMIT_GLOBAL,
                    PEER_LIMIT_PER_TORRENT,
                    UPLOAD_SLOTS_PER_TORRENT,
                    HALF_OPEN_LIMIT,
                    REQQ,
                    CONNECTS_PER_SECOND,
                    SPEED_LIMIT_DOWN,
                    SPEED_LIMIT_DOWN_ENABLED,
                    SPEED_LIMIT_UP,
                    SPEED_LIMIT_UP_ENABLED,
                    ALT_SPEED_ENABLED,
                    ALT_SPEED_DOWN,
                    ALT_SPEED_UP,
                    ALT_SPEED_TIME_ENABLED,
                    ALT_SPEED_TIME_BEGIN,
                    ALT_SPEED_TIME_END,
                    ALT_SPEED_TIME_DAY,
                    LIMIT_LAN_PEERS,
                    DOWNLOAD_QUEUE_ENABLED,
                    DOWNLOAD_QUEUE_SIZE,
                    SEED_QUEUE_ENABLED,
                    SEED_QUEUE_SIZE,
                    QUEUE_STALLED_ENABLED,
                    QUEUE_STALLED_MINUTES,
                    CHECK_QUEUE_SIZE,
                    RATIO_LIMIT_ENABLED,
                    RATIO_LIMIT,
                    IDLE_SEEDING_LIMIT_ENABLED,
                    IDLE_SEEDING_LIMIT,
                    SEED_TIME_LIMIT_ENABLED,
                    SEED_TIME_LIMIT,
                    SEED_LIMIT_ACTION,
                    START_ADDED_TORRENTS,
                    SEQUENTIAL_DOWNLOAD,
                    DEFAULT_TRACKERS,
                    PREALLOCATION,
                    DISK_SYNC,
                    DISK_RESERVE_MIB,
                    DISK_QUEUE_MIB);

    /** Every setting: these, and those of {@link NetworkSettings} and {@link RpcSettings}. */
    public static final List<Setting<?>> ALL =
            Stream.of(OWN, NetworkSettings.ALL, RpcSettings.ALL).flatMap(List::stream).toList();

    private static final Map<String, Setting<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    private EngineSettings() {}

    /** The setting of this name. */
    public static Optional<Setting<?>> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
