package org.bittern.daemon.internal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Settings;

/** What the settings say about HTTP, as configurations of the bundles that serve it. */
final class DoorSettings {
    static final String DOOR = "org.bittern.web";
    static final String RPC = "org.bittern.transmission";
    static final String PAGES = "org.bittern.transmission.web";
    static final String FILES = "org.bittern.tinytorrent.fs";

    /** Key of {@link #DOOR}: whether anybody is let in yet. */
    static final String OPEN = "open";

    /** In the order in which they are configured: nobody is let in before all else holds. */
    static final List<String> PIDS = List.of(RPC, PAGES, FILES, DOOR);

    /** Of Transmission 4.1.1, the first one that tells clients about its other dialect. */
    private static final int MODERN_VERSION = 19;

    private static final String MODERN_SEMVER = "6.0.1";

    private final Options options;
    private final Path data;
    private final Optional<String> token;

    /**
     * For one process.
     *
     * @param token chosen by whoever started it
     */
    DoorSettings(Options options, Path data, Optional<String> token) {
        this.options = options;
        this.data = data;
        this.token = token;
    }

    /**
     * Properties by PID; a PID is absent when its bundle is to be without configuration.
     *
     * @param open whether anybody is let in yet
     */
    Map<String, Map<String, Object>> configurations(Settings settings, boolean open) {
        Map<String, Map<String, Object>> all = new HashMap<>();
        all.put(RPC, Map.of("rpc.version", settings.get(RpcSettings.VERSION)));
        all.put(PAGES, Map.of("home", settings.get(RpcSettings.WEB_HOME)));
        List<String> roots = settings.get(RpcSettings.BROWSE_ROOTS);
        if (!roots.isEmpty()) {
            all.put(FILES, Map.of("roots", roots.toArray(new String[0])));
        }
        if (settings.get(RpcSettings.ENABLED)) {
            all.put(DOOR, door(settings, open));
        }
        return all;
    }

    private Map<String, Object> door(Settings settings, boolean open) {
        Map<String, Object> door = new HashMap<>();
        door.put(OPEN, open);
        door.put("port", options.port().orElse(settings.get(RpcSettings.PORT)));
        door.put("stream.port", settings.get(RpcSettings.STREAM_PORT));
        door.put(
                "bind.addresses",
                options.bind()
                        .orElse(addresses(settings.get(RpcSettings.BIND_ADDRESS)))
                        .toArray(new String[0]));
        door.put("strict", settings.get(RpcSettings.STRICT));
        door.put("connection.file", data.resolve("connection.json").toString());
        token.ifPresent(chosen -> door.put(".token", chosen));
        door.put("authentication.required", settings.get(RpcSettings.AUTHENTICATION_REQUIRED));
        door.put("username", settings.get(RpcSettings.USERNAME));
        door.put(".password", settings.get(RpcSettings.PASSWORD));
        door.put("whitelist.enabled", settings.get(RpcSettings.WHITELIST_ENABLED));
        door.put("whitelist", settings.get(RpcSettings.WHITELIST));
        door.put("host.whitelist.enabled", settings.get(RpcSettings.HOST_WHITELIST_ENABLED));
        door.put("host.whitelist", settings.get(RpcSettings.HOST_WHITELIST));
        door.put(
                "trusted.origins",
                settings.get(RpcSettings.TRUSTED_ORIGINS).toArray(new String[0]));
        door.put("anti.brute.force.enabled", settings.get(RpcSettings.ANTI_BRUTE_FORCE_ENABLED));
        door.put(
                "anti.brute.force.threshold", settings.get(RpcSettings.ANTI_BRUTE_FORCE_THRESHOLD));
        door.put(
                "rpc.semver",
                settings.get(RpcSettings.VERSION) == MODERN_VERSION ? MODERN_SEMVER : "");
        door.put("key.store", settings.get(RpcSettings.KEY_STORE));
        door.put(".key.store.password", settings.get(RpcSettings.KEY_STORE_PASSWORD));
        return door;
    }

    private static List<String> addresses(String list) {
        return Stream.of(list.split(",", -1))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
    }
}
