package org.bittern.transmission.internal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.Names;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;

/** {@code session-get}. Thread-safe. */
final class SessionGet {
    private static final List<String> SIZE_UNITS = List.of("B", "kB", "MB", "GB", "TB");
    private static final List<String> SPEED_UNITS = List.of("B/s", "kB/s", "MB/s", "GB/s", "TB/s");
    private static final List<String> MEMORY_UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");
    private static final int MEMORY_UNIT = 1024;

    private final Outside outside;
    private final FreeSpace space;

    SessionGet(Outside outside) {
        this.outside = outside;
        space = new FreeSpace(outside.paths());
    }

    RpcAnswer perform(RpcRequest request) throws RpcException {
        Engine engine = outside.engines().require();
        Map<String, Member> all = all(engine);
        all.put("session_id", out -> out.value(request.sessionId()));
        all.put(
                "download_dir_free_space",
                out -> out.value(space.below(engine.settings().get(EngineSettings.DOWNLOAD_DIR))));
        Map<String, Member> chosen = new LinkedHashMap<>();
        for (String name : request.arguments().texts("fields").orElse(List.of())) {
            String snake = Names.snake(name);
            if (all.containsKey(snake)
                    && (request.dialect() == Dialect.LEGACY || snake.equals(name))) {
                chosen.put(name, all.get(snake));
            }
        }
        if (chosen.isEmpty()) {
            // Names as the dialect spells them by itself.
            return out -> {
                for (Map.Entry<String, Member> entry : legacyNames(all).entrySet()) {
                    out.field(entry.getKey());
                    entry.getValue().write(out);
                }
            };
        }
        return out -> {
            for (Map.Entry<String, Member> entry : chosen.entrySet()) {
                out.json().writeFieldName(entry.getKey());
                entry.getValue().write(out);
            }
        };
    }

    /** By names of the legacy dialect: what is the same for every caller and needs no disk. */
    Map<String, Member> lasting(Engine engine) {
        return legacyNames(all(engine));
    }

    private Map<String, Member> legacyNames(Map<String, Member> all) {
        Map<String, Member> named = new LinkedHashMap<>();
        all.forEach((snake, value) -> named.put(legacyName(snake), value));
        return named;
    }

    private String legacyName(String snake) {
        SessionFields.Key key = SessionFields.BY_NAME.get(snake);
        if (key != null) {
            return key.name();
        }
        for (FieldProvider provider : outside.providers()) {
            for (String name : provider.sessionFields().keySet()) {
                if (Names.snake(name).equals(snake)) {
                    return name;
                }
            }
        }
        return snake.equals("preferred_transports") ? snake : snake.replace('_', '-');
    }

    private Map<String, Member> all(Engine engine) {
        Settings settings = engine.settings();
        Map<String, Member> all = new LinkedHashMap<>();
        for (SessionFields.Key key : SessionFields.KEYS) {
            all.put(Names.snake(key.name()), out -> SessionFields.write(key, settings, out));
        }
        if (settings.get(NetworkSettings.PEER_PORT) == 0) {
            // The one that it got: clients show it, and people forward it.
            all.put("peer_port", out -> out.value(engine.status().listenPort()));
        }
        all.put("encryption", out -> out.value(SessionFields.encryption(settings, out.dialect())));
        all.put("preferred_transports", out -> out.value(SessionFields.transports(settings)));
        all.put("tcp_enabled", out -> out.value(settings.get(NetworkSettings.TCP_ENABLED)));
        Optional<Blocklist> blocklist = outside.blocklist().get();
        if (blocklist.isPresent()) {
            all.put("blocklist_size", out -> out.value(blocklist.get().loadedRules()));
        }
        all.put("config_dir", out -> out.value(outside.data().map(Path::toString).orElse("")));
        all.put("rpc_version", out -> out.value(outside.protocol().get().version()));
        all.put("rpc_version_minimum", out -> out.value(Protocol.MINIMUM));
        all.put("rpc_version_semver", out -> out.value(outside.protocol().get().semver()));
        all.put("version", out -> out.value("Bittern " + engine.status().version()));
        all.put("units", out -> out.value(units()));
        for (FieldProvider provider : outside.providers()) {
            provider.sessionFields()
                    .forEach((name, value) ->
                            all.put(Names.snake(name), out -> out.value(value.apply(engine))));
        }
        return all;
    }

    private static Map<String, Object> units() {
        Map<String, Object> units = new LinkedHashMap<>();
        units.put("speed-units", SPEED_UNITS);
        units.put("speed-bytes", TorrentFields.KILOBYTE);
        units.put("size-units", SIZE_UNITS);
        units.put("size-bytes", TorrentFields.KILOBYTE);
        units.put("memory-units", MEMORY_UNITS);
        units.put("memory-bytes", MEMORY_UNIT);
        return units;
    }
}
