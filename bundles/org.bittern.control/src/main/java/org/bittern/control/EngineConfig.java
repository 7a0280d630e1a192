package org.bittern.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.Encryption;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.host.EngineHost.EngineStart;

/**
 * Turns the names of {@code init} into settings. Everything that reaches beyond this machine is off
 * unless it is asked for: this is for tests.
 */
final class EngineConfig {
    private static final int BYTES_PER_KILOBYTE = 1000;
    private static final int MAX_PORT = 65535;
    private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}");

    /** Whoever tests wants a torrent to run when he says so. */
    private static final Settings NO_QUEUE =
            Settings.EMPTY.with(EngineSettings.DOWNLOAD_QUEUE_ENABLED, false);

    private EngineConfig() {}

    /**
     * Reads and checks all names; the download directory is made and tried.
     *
     * @param defaultDirectory used when {@code download_dir} is absent
     */
    static EngineStart read(Params params, Path defaultDirectory) {
        Settings settings =
                NO_QUEUE.with(NetworkSettings.DHT_ENABLED, params.flag("enable_dht").orElse(false))
                        .with(NetworkSettings.LPD_ENABLED, params.flag("enable_lsd").orElse(false))
                        .with(
                                NetworkSettings.PORT_FORWARDING_ENABLED,
                                params.flag("enable_upnp").orElse(false))
                        .with(NetworkSettings.PEX_ENABLED, params.flag("enable_pex").orElse(true))
                        .with(NetworkSettings.UTP_ENABLED, params.flag("enable_utp").orElse(true))
                        .with(NetworkSettings.TCP_ENABLED, params.flag("enable_tcp").orElse(true))
                        .with(
                                EngineSettings.ALLOW_SAME_IP,
                                params.flag("allow_same_ip").orElse(true))
                        .with(NetworkSettings.DHT_BOOTSTRAP, bootstrap(params))
                        .with(
                                NetworkSettings.PEER_PORT,
                                params.whole("listen_port", 0, MAX_PORT).orElse(0L).intValue())
                        .with(EngineSettings.ENCRYPTION, encryption(params));
        if (!settings.get(NetworkSettings.TCP_ENABLED)
                && !settings.get(NetworkSettings.UTP_ENABLED)) {
            throw ControlException.invalid("'enable_tcp' and 'enable_utp' cannot both be false");
        }
        settings = listenAddress(settings, params.filledText("listen_host").orElse("127.0.0.1"));
        settings =
                limit(
                        settings,
                        params,
                        "download_limit",
                        EngineSettings.SPEED_LIMIT_DOWN,
                        EngineSettings.SPEED_LIMIT_DOWN_ENABLED);
        settings =
                limit(
                        settings,
                        params,
                        "upload_limit",
                        EngineSettings.SPEED_LIMIT_UP,
                        EngineSettings.SPEED_LIMIT_UP_ENABLED);
        var connections = params.whole("max_connections", 1, 100_000);
        if (connections.isPresent()) {
            settings =
                    settings.with(EngineSettings.PEER_LIMIT_GLOBAL, connections.get().intValue());
        }
        var stateDirectory = params.filledText("state_dir").map(EngineConfig::path);
        Path downloads =
                params.filledText("download_dir").map(EngineConfig::path).orElse(defaultDirectory);
        makeWritable(downloads);
        return new EngineStart(
                settings.with(EngineSettings.DOWNLOAD_DIR, downloads.toString()), stateDirectory);
    }

    /** An absolute path. */
    static Path path(String text) {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw ControlException.invalid("not a path: " + e.getReason());
        }
    }

    /** Makes a directory if it is missing, and tries that a file can be written there. */
    static void makeWritable(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, ".bittern-", ".tmp"));
        } catch (IOException e) {
            throw ControlException.invalid(
                    "directory cannot be used: "
                            + directory
                            + " ("
                            + e.getClass().getSimpleName()
                            + ")");
        }
    }

    private static List<String> bootstrap(Params params) {
        List<String> nodes = params.texts("dht_bootstrap").orElse(List.of());
        for (String node : nodes) {
            String port = node.substring(node.lastIndexOf(':') + 1);
            if (node.lastIndexOf(':') < 1
                    || !PORT.matcher(port).matches()
                    || Integer.parseInt(port) > MAX_PORT) {
                throw ControlException.invalid("'dht_bootstrap' must be a list of host:port");
            }
        }
        return nodes;
    }

    private static Encryption encryption(Params params) {
        String text = params.optionalText("encryption").orElse("enabled");
        return switch (text) {
            case "disabled" -> Encryption.DISABLED;
            case "enabled" -> Encryption.TOLERATED;
            case "required" -> Encryption.REQUIRED;
            default ->
                    throw ControlException.invalid(
                            "'encryption' must be disabled, enabled or required");
        };
    }

    private static Settings listenAddress(Settings settings, String host) {
        if (Arrays.stream(host.split(",", -1)).allMatch(String::isBlank)) {
            throw ControlException.invalid("'listen_host' names no address");
        }
        boolean v6 = host.contains(":");
        return settings.with(NetworkSettings.BIND_ADDRESS_IPV4, v6 ? "" : host)
                .with(NetworkSettings.BIND_ADDRESS_IPV6, v6 ? host : "");
    }

    private static Settings limit(
            Settings settings,
            Params params,
            String name,
            Setting<Long> rate,
            Setting<Boolean> enabled) {
        long bytesPerSecond =
                params.whole(name, 0, (long) Integer.MAX_VALUE * BYTES_PER_KILOBYTE).orElse(0L);
        return settings.with(rate, bytesPerSecond).with(enabled, bytesPerSecond > 0);
    }
}
