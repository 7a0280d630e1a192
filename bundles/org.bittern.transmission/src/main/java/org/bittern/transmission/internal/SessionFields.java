package org.bittern.transmission.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.Encryption;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.Names;
import org.bittern.rpc.RpcWriter;

/**
 * The keys of {@code session-get} that are settings of the engine; most have the engine's own
 * names. A key stands here when the setting behind it acts.
 */
final class SessionFields {
    /** How a value is read from JSON and written. */
    enum Kind {
        FLAG,
        INTEGER,
        /** kB/s outside, bytes per second inside. */
        RATE,
        DECIMAL,
        TEXT,
        /** An absolute directory; may be empty where the engine allows it. */
        DIRECTORY
    }

    /**
     * One key.
     *
     * @param name in the legacy dialect
     */
    record Key(String name, Setting<?> setting, Kind kind) {}

    static final List<Key> KEYS =
            List.of(
                    rate(EngineSettings.ALT_SPEED_DOWN),
                    flag(EngineSettings.ALT_SPEED_ENABLED),
                    integer(EngineSettings.ALT_SPEED_TIME_BEGIN),
                    integer(EngineSettings.ALT_SPEED_TIME_DAY),
                    flag(EngineSettings.ALT_SPEED_TIME_ENABLED),
                    integer(EngineSettings.ALT_SPEED_TIME_END),
                    rate(EngineSettings.ALT_SPEED_UP),
                    flag(RpcSettings.ANTI_BRUTE_FORCE_ENABLED),
                    integer(RpcSettings.ANTI_BRUTE_FORCE_THRESHOLD),
                    flag(NetworkSettings.BLOCKLIST_ENABLED),
                    new Key("blocklist-url", NetworkSettings.BLOCKLIST_URL, Kind.TEXT),
                    new Key("cache-size-mb", EngineSettings.DISK_QUEUE_MIB, Kind.INTEGER),
                    new Key("default-trackers", EngineSettings.DEFAULT_TRACKERS, Kind.TEXT),
                    flag(NetworkSettings.DHT_ENABLED),
                    new Key("download-dir", EngineSettings.DOWNLOAD_DIR, Kind.DIRECTORY),
                    flag(EngineSettings.DOWNLOAD_QUEUE_ENABLED),
                    integer(EngineSettings.DOWNLOAD_QUEUE_SIZE),
                    integer(EngineSettings.IDLE_SEEDING_LIMIT),
                    flag(EngineSettings.IDLE_SEEDING_LIMIT_ENABLED),
                    new Key("incomplete-dir", EngineSettings.INCOMPLETE_DIR, Kind.DIRECTORY),
                    flag(EngineSettings.INCOMPLETE_DIR_ENABLED),
                    flag(NetworkSettings.LPD_ENABLED),
                    integer(EngineSettings.PEER_LIMIT_GLOBAL),
                    integer(EngineSettings.PEER_LIMIT_PER_TORRENT),
                    integer(NetworkSettings.PEER_PORT),
                    flag(NetworkSettings.PEER_PORT_RANDOM_ON_START),
                    flag(NetworkSettings.PEX_ENABLED),
                    flag(NetworkSettings.PORT_FORWARDING_ENABLED),
                    flag(EngineSettings.QUEUE_STALLED_ENABLED),
                    integer(EngineSettings.QUEUE_STALLED_MINUTES),
                    flag(EngineSettings.RENAME_PARTIAL_FILES),
                    integer(EngineSettings.REQQ),
                    flag(EngineSettings.SEED_QUEUE_ENABLED),
                    integer(EngineSettings.SEED_QUEUE_SIZE),
                    new Key("seedRatioLimit", EngineSettings.RATIO_LIMIT, Kind.DECIMAL),
                    new Key("seedRatioLimited", EngineSettings.RATIO_LIMIT_ENABLED, Kind.FLAG),
                    flag(EngineSettings.SEQUENTIAL_DOWNLOAD),
                    rate(EngineSettings.SPEED_LIMIT_DOWN),
                    flag(EngineSettings.SPEED_LIMIT_DOWN_ENABLED),
                    rate(EngineSettings.SPEED_LIMIT_UP),
                    flag(EngineSettings.SPEED_LIMIT_UP_ENABLED),
                    flag(EngineSettings.START_ADDED_TORRENTS),
                    flag(EngineSettings.TRASH_ORIGINAL_TORRENT_FILES),
                    flag(NetworkSettings.UTP_ENABLED));

    /** By names in snake_case. */
    static final Map<String, Key> BY_NAME =
            KEYS.stream()
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    key -> Names.snake(key.name()), Function.identity()));

    private SessionFields() {}

    private static Key flag(Setting<Boolean> setting) {
        return new Key(setting.name(), setting, Kind.FLAG);
    }

    private static Key integer(Setting<Integer> setting) {
        return new Key(setting.name(), setting, Kind.INTEGER);
    }

    private static Key rate(Setting<Long> setting) {
        return new Key(setting.name(), setting, Kind.RATE);
    }

    /** Writes the value alone. */
    static void write(Key key, Settings settings, RpcWriter out) throws IOException {
        Object value = settings.get(key.setting());
        out.value(
                key.kind() == Kind.RATE ? (Object) ((Long) value / TorrentFields.KILOBYTE) : value);
    }

    /** How peers are talked to, in the words of a dialect. Transmission has no word for "never". */
    static String encryption(Settings settings, Dialect dialect) {
        return switch (settings.get(EngineSettings.ENCRYPTION)) {
            case REQUIRED -> "required";
            case PREFERRED -> "preferred";
            case TOLERATED, DISABLED -> dialect == Dialect.LEGACY ? "tolerated" : "allowed";
        };
    }

    /** Transmission's words of both dialects. */
    static final Map<String, Encryption> ENCRYPTIONS =
            Map.of(
                    "required", Encryption.REQUIRED,
                    "preferred", Encryption.PREFERRED,
                    "tolerated", Encryption.TOLERATED,
                    "allowed", Encryption.TOLERATED);

    /** Those that are in use, in the order in which they are tried. */
    static List<String> transports(Settings settings) {
        return Stream.of("utp", "tcp")
                .filter(name ->
                        settings.get(
                                name.equals("utp")
                                        ? NetworkSettings.UTP_ENABLED
                                        : NetworkSettings.TCP_ENABLED))
                .toList();
    }
}
