package org.bittern.standalone.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.HostPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was typed behind the name of the runtime. Filled in by picocli. */
@Command(mixinStandardHelpOptions = true)
final class Options {
    /** Without an engine these have no effect. */
    private static final List<String> OF_THE_ENGINE =
            List.of("--dir", "--peer-port", "--peer-bind", "--no-dht");

    @Option(names = "--port", paramLabel = "N", description = "HTTP port, 0 for any free one.")
    private int port = -1;

    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            description = "Address for HTTP; other machines are let in with --password only.")
    private @Nullable String bind; // null: as configured

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "Opens everything; default: a new one at each start.")
    private @Nullable String token; // likewise

    @Option(
            names = "--password",
            paramLabel = "USER:PASSWORD",
            description = "Ask for these; default: ask for nothing.")
    private @Nullable String password; // likewise

    @Option(names = "--dir", paramLabel = "D", description = "Where files go. Default: here.")
    private Path directory = Path.of("");

    @Option(names = "--peer-port", paramLabel = "N", description = "Port for peers, 0: any.")
    private int peerPort = -1;

    @Option(names = "--peer-bind", paramLabel = "ADDR", description = "Address for peers.")
    private @Nullable String peerBind; // null: all

    @Option(names = "--no-dht", description = "Do not use the DHT.")
    private boolean noDht;

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "A peer to dial at once; may be repeated.")
    private List<String> peers = new ArrayList<>();

    @Parameters(arity = "0..1", paramLabel = "MAGNET|FILE", description = "What to stream.")
    private String link = "";

    /**
     * The command line of a runtime. What would have no effect in it is no option of it.
     *
     * @param runtime its name
     * @param engine whether it has one
     * @param stream whether a link is to be streamed
     */
    CommandLine line(String runtime, boolean engine, boolean stream) {
        CommandLine line =
                new CommandLine(this)
                        .setCommandName("bittern " + runtime)
                        .setExpandAtFiles(false); // a name may begin with @
        CommandSpec spec = line.getCommandSpec();
        if (!engine) {
            OF_THE_ENGINE.forEach(name -> spec.remove(spec.findOption(name)));
        }
        if (!stream) {
            spec.remove(spec.findOption("--peer"));
            spec.remove(spec.positionalParameters().getFirst());
        }
        return line;
    }

    String link() {
        return link;
    }

    List<InetSocketAddress> peers() {
        return peers.stream().map(Options::address).toList();
    }

    private static InetSocketAddress address(String text) {
        HostPort peer =
                HostPort.parse(text)
                        .orElseThrow(() -> new Refusal("--peer " + text + ": expected HOST:PORT"));
        return InetSocketAddress.createUnresolved(peer.host(), peer.port());
    }

    Path directory() {
        return directory.toAbsolutePath().normalize();
    }

    /** What of the engine's settings was typed. */
    Settings engine() {
        Settings settings =
                Settings.EMPTY.with(EngineSettings.DOWNLOAD_DIR, directory().toString());
        if (peerPort >= 0) {
            settings = settings.parsed(NetworkSettings.PEER_PORT, peerPort);
        }
        if (noDht) {
            settings = settings.with(NetworkSettings.DHT_ENABLED, false);
        }
        if (peerBind != null) {
            boolean v6 = peerBind.contains(":");
            settings =
                    settings.with(NetworkSettings.BIND_ADDRESS_IPV4, v6 ? "" : peerBind)
                            .with(NetworkSettings.BIND_ADDRESS_IPV6, v6 ? peerBind : "");
        }
        return settings;
    }

    /**
     * Whether the token is the only credential that was typed.
     *
     * @throws Refusal when others than programs of this machine are to be served
     */
    boolean tokenAlone() {
        if (token == null || password != null) {
            return false;
        }
        if (bind != null && !loopback(bind)) {
            throw new Refusal(
                    "--bind %s: with a token alone only loopback; add --password USER:PASSWORD"
                            .formatted(bind));
        }
        return true;
    }

    /** Whether other machines are to be served: they were given an address, and a password. */
    boolean servesOthers() {
        return bind != null && password != null && !loopback(bind);
    }

    /**
     * Checks that anybody can call: without a password only loopback is let in, and at an address
     * of a network nobody calls from there, not even this machine.
     *
     * @param listed whether the configuration says itself who is let in
     * @throws Refusal when nobody can
     */
    void checkCallers(boolean listed) {
        if (bind != null && password == null && !listed) {
            InetAddress address = resolved(bind);
            if (!address.isLoopbackAddress() && !address.isAnyLocalAddress()) {
                throw new Refusal(
                        "--bind %s: nobody is let in there without --password USER:PASSWORD"
                                .formatted(bind));
            }
        }
    }

    private static boolean loopback(String address) {
        return resolved(address).isLoopbackAddress();
    }

    private static InetAddress resolved(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new Refusal("--bind " + address + ": not an address");
        }
    }

    /**
     * What of the door's configuration was typed; keys of its configuration.
     *
     * @param defaultPort if no port was typed
     */
    Map<String, Object> door(int defaultPort) {
        Map<String, Object> door = new HashMap<>();
        door.put("port", port >= 0 ? port : defaultPort);
        if (bind != null) {
            door.put("bind.addresses", new String[] {bind});
        }
        if (token != null) {
            door.put(".token", token);
        }
        if (password != null) {
            int colon = password.indexOf(':');
            if (colon < 1) {
                throw new Refusal("--password: expected USER:PASSWORD");
            }
            door.put("authentication.required", true);
            door.put("username", password.substring(0, colon));
            door.put(".password", password.substring(colon + 1));
        }
        return door;
    }
}
