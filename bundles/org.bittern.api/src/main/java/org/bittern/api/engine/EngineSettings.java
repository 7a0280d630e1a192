package org.bittern.api.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings of an engine. Every one acts, and acts at once when it is changed. Names are those
 * of Transmission's {@code settings.json} where it has one.
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

    public static final Setting<Boolean> WATCH_DIR_ENABLED =
            Setting.flag("watch-dir-enabled", false);

    /** A torrent file that was added from the watched directory is deleted, not renamed. */
    public static final Setting<Boolean> TRASH_ORIGINAL_TORRENT_FILES =
            Setting.flag("trash-original-torrent-files", false);

    /** TCP port, and UDP port of uTP and DHT; 0 = any free one. */
    public static final Setting<Integer> PEER_PORT = Setting.integer("peer-port", 51413, 0, 65535);

    /** Address to listen on and to dial from, IPv4; empty: none. */
    public static final Setting<String> BIND_ADDRESS_IPV4 =
            Setting.text("bind-address-ipv4", "0.0.0.0");

    /** Address to listen on and to dial from, IPv6; empty: none. */
    public static final Setting<String> BIND_ADDRESS_IPV6 = Setting.text("bind-address-ipv6", "::");

    /** Kademlia DHT (BEP 5). */
    public static final Setting<Boolean> DHT_ENABLED = Setting.flag("dht-enabled", true);

    /** First DHT nodes, {@code host:port}. */
    public static final Setting<List<String>> DHT_BOOTSTRAP =
            Setting.texts(
                    "dht-bootstrap",
                    List.of(
                            "dht.transmissionbt.com:6881",
                            "router.bittorrent.com:6881",
                            "dht.libtorrent.org:25401"));

    /** Local service discovery (BEP 14). */
    public static final Setting<Boolean> LPD_ENABLED = Setting.flag("lpd-enabled", false);

    /** Peer exchange (BEP 11). */
    public static final Setting<Boolean> PEX_ENABLED = Setting.flag("pex-enabled", true);

    /** uTP beside TCP (BEP 29). */
    public static final Setting<Boolean> UTP_ENABLED = Setting.flag("utp-enabled", true);

    /** TCP; off: uTP only. */
    public static final Setting<Boolean> TCP_ENABLED = Setting.flag("tcp-enabled", true);

    /** PCP, NAT-PMP and UPnP. */
    public static final Setting<Boolean> PORT_FORWARDING_ENABLED =
            Setting.flag("port-forwarding-enabled", true);

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

    /** New outgoing connections a second. */
    public static final Setting<Integer> CONNECTS_PER_SECOND =
            Setting.integer("connects-per-second", 30, 1, 10_000);

    /** Download rate of all torrents, when {@link #SPEED_LIMIT_DOWN_ENABLED}. */
    public static final Setting<Long> SPEED_LIMIT_DOWN = Setting.rate("speed-limit-down", 100_000);

    public static final Setting<Boolean> SPEED_LIMIT_DOWN_ENABLED =
            Setting.flag("speed-limit-down-enabled", false);

    /** Upload rate of all torrents, when {@link #SPEED_LIMIT_UP_ENABLED}. */
    public static final Setting<Long> SPEED_LIMIT_UP = Setting.rate("speed-limit-up", 100_000);

    public static final Setting<Boolean> SPEED_LIMIT_UP_ENABLED =
            Setting.flag("speed-limit-up-enabled", false);

    /** How space for files is reserved; Transmission writes 0, 1 or 2. */
    public static final Setting<Preallocation> PREALLOCATION =
            Setting.choice("preallocation", Preallocation.SPARSE);

    /** See {@link DiskSync}. */
    public static final Setting<DiskSync> DISK_SYNC =
            Setting.choice("disk-sync", DiskSync.PERIODIC);

    /** MiB of a file system that downloads leave free: they stop and go on by themselves. */
    public static final Setting<Integer> DISK_RESERVE_MIB =
            Setting.integer("disk-reserve-mib", 0, 0, Integer.MAX_VALUE);

    /** Bytes that may wait for the disk before sockets are no longer read. */
    public static final Setting<Integer> DISK_QUEUE_MIB =
            Setting.integer("disk-queue-mib", 100, 4, 4096);

    /** Every setting, in order of declaration. */
    public static final List<Setting<?>> ALL =
            List.of(
                    DOWNLOAD_DIR,
                    INCOMPLETE_DIR,
                    INCOMPLETE_DIR_ENABLED,
                    RENAME_PARTIAL_FILES,
                    WATCH_DIR,
                    WATCH_DIR_ENABLED,
                    TRASH_ORIGINAL_TORRENT_FILES,
                    PEER_PORT,
                    BIND_ADDRESS_IPV4,
                    BIND_ADDRESS_IPV6,
                    DHT_ENABLED,
                    DHT_BOOTSTRAP,
                    LPD_ENABLED,
                    PEX_ENABLED,
                    UTP_ENABLED,
                    TCP_ENABLED,
                    PORT_FORWARDING_ENABLED,
                    ENCRYPTION,
                    ALLOW_SAME_IP,
                    PEER_LIMIT_GLOBAL,
                    PEER_LIMIT_PER_TORRENT,
                    UPLOAD_SLOTS_PER_TORRENT,
                    CONNECTS_PER_SECOND,
                    SPEED_LIMIT_DOWN,
                    SPEED_LIMIT_DOWN_ENABLED,
                    SPEED_LIMIT_UP,
                    SPEED_LIMIT_UP_ENABLED,
                    PREALLOCATION,
                    DISK_SYNC,
                    DISK_RESERVE_MIB,
                    DISK_QUEUE_MIB);

    private static final Map<String, Setting<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    private EngineSettings() {}

    /** The setting of this name. */
    public static Optional<Setting<?>> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
