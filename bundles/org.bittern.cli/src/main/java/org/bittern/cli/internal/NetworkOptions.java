package org.bittern.cli.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.HostPort;
import org.bittern.terminal.CommandFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that talk to peers. Filled in by picocli. */
final class NetworkOptions {
    private static final int BYTES_PER_KILOBYTE = 1000;
    private static final int MAX_PORT = 65_535;

    /** Largest rate that can be typed, in kB/s. */
    private static final long MAX_RATE = 1_000_000_000;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on; 0, the default, takes a free one.")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDR|NAME",
            description =
                    "Address to listen on and to dial from, or the name of an interface. Default:"
                            + " all.")
    private @Nullable String bind;

    @Option(names = "--no-dht", description = "Do not use the DHT.")
    private boolean noDht;

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "A peer to dial at once; may be repeated.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--max-down", paramLabel = "KB/S", description = "Download limit in kB/s.")
    private long maxDown;

    @Option(names = "--max-up", paramLabel = "KB/S", description = "Upload limit in kB/s.")
    private long maxUp;

    /**
     * The settings of the engine.
     *
     * @param directory where files lie
     */
    Settings settings(Path directory) {
        requireRange("--port", port, MAX_PORT);
        requireRange("--max-down", maxDown, MAX_RATE);
        requireRange("--max-up", maxUp, MAX_RATE);
        Settings settings =
                Settings.EMPTY
                        .parsed(NetworkSettings.PEER_PORT, port)
                        .with(NetworkSettings.DHT_ENABLED, !noDht)
                        .with(EngineSettings.DOWNLOAD_QUEUE_ENABLED, false)
                        .with(EngineSettings.DOWNLOAD_DIR, directory.toString())
                        .with(EngineSettings.SPEED_LIMIT_DOWN, maxDown * BYTES_PER_KILOBYTE)
                        .with(EngineSettings.SPEED_LIMIT_DOWN_ENABLED, maxDown > 0)
                        .with(EngineSettings.SPEED_LIMIT_UP, maxUp * BYTES_PER_KILOBYTE)
                        .with(EngineSettings.SPEED_LIMIT_UP_ENABLED, maxUp > 0);
        return bind == null ? settings : bound(settings, bind);
    }

    /**
     * Checks the number behind an option.
     *
     * @throws CommandFailure it is not 0 to {@code most}
     */
    static void requireRange(String option, long value, long most) {
        if (value < 0 || value > most) {
            throw new CommandFailure(
                    "%s %d: 0 to %d are allowed".formatted(option, value, most),
                    null,
                    CommandFailure.EXIT_USAGE);
        }
    }

    private static Settings bound(Settings settings, String where) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(where);
        } catch (IllegalArgumentException _) {
            return settings.with(NetworkSettings.BIND_INTERFACE, where);
        }
        boolean v6 = address instanceof Inet6Address;
        Settings bound =
                settings.with(NetworkSettings.BIND_ADDRESS_IPV4, v6 ? "" : where)
                        .with(NetworkSettings.BIND_ADDRESS_IPV6, v6 ? where : "");
        return address.isLoopbackAddress() // no router can lead anybody there
                ? bound.with(NetworkSettings.PORT_FORWARDING_ENABLED, false)
                : bound;
    }

    boolean usesDht() {
        return !noDht;
    }

    /** The peers to dial. */
    List<InetSocketAddress> peers() {
        return peers.stream().map(NetworkOptions::address).toList();
    }

    private static InetSocketAddress address(String text) {
        HostPort peer =
                HostPort.parse(text)
                        .orElseThrow(() ->
                                new CommandFailure("--peer " + text + ": expected HOST:PORT"));
        return InetSocketAddress.createUnresolved(peer.host(), peer.port());
    }
}
