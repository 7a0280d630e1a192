package org.bittern.standalone.internal;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.HostPort;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was typed behind the name of the runtime. Filled in by picocli. */
@Command(name = "bittern", mixinStandardHelpOptions = true)
final class Options {
    private static final Path HERE = Path.of("");
    private static final Pattern PLAIN_NUMBER = Pattern.compile("0|[1-9]\\d{0,4}");

    /** Picocli takes words that begin otherwise for options or for files of arguments. */
    private static final Pattern PLAIN = Pattern.compile("[^-@].*");

    @Option(names = "--port", paramLabel = "N", description = "HTTP port, 0 for any free one.")
    private int port = -1;

    @Option(names = "--bind", paramLabel = "ADDR", description = "Address for HTTP.")
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
    private Path directory = HERE;

    @Option(names = "--peer-port", paramLabel = "N", description = "Port for peers, 0: any.")
    private int peerPort = -1;

    @Option(names = "--peer-bind", paramLabel = "ADDR", description = "Address for peers.")
    private @Nullable String peerBind; // null: all

    @Option(names = "--no-dht", description = "Do not use the DHT.")
    private boolean noDht;

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "With a link: a peer to dial at once; may be repeated.")
    private List<String> peers = new ArrayList<>();

    @Parameters(arity = "0..1", paramLabel = "LINK|FILE", description = "What to stream.")
    private String link = "";

    /**
     * Reads what is usually typed without picocli, which would take a tenth of the start.
     *
     * @return empty when picocli has to look: for help, and to say what is wrong
     */
    static Optional<Options> plain(String... words) {
        Options options = new Options();
        for (int i = 0; i < words.length; i++) {
            boolean taken;
            if (words[i].equals("--no-dht")) {
                taken = !options.noDht;
                options.noDht = true;
            } else if (PLAIN.matcher(words[i]).matches()) {
                taken = options.link.isEmpty();
                options.link = words[i];
            } else {
                taken = i + 1 < words.length && options.take(words[i], words[++i]);
            }
            if (!taken) {
                return Optional.empty();
            }
        }
        return Optional.of(options);
    }

    /** Whether it is one of ours, for the first time, with a plain value. */
    private boolean take(String name, String value) {
        if (!PLAIN.matcher(value).matches()) {
            return false;
        }
        boolean number = PLAIN_NUMBER.matcher(value).matches();
        switch (name) {
            case "--port" -> {
                if (port >= 0 || !number) {
                    return false;
                }
                port = Integer.parseInt(value);
            }
            case "--peer-port" -> {
                if (peerPort >= 0 || !number) {
                    return false;
                }
                peerPort = Integer.parseInt(value);
            }
            case "--bind" -> {
                if (bind != null) {
                    return false;
                }
                bind = value;
            }
            case "--peer-bind" -> {
                if (peerBind != null) {
                    return false;
                }
                peerBind = value;
            }
            case "--dir" -> {
                if (!directory.equals(HERE)) {
                    return false;
                }
                directory = Path.of(value);
            }
            case "--peer" -> peers.add(value);
            default -> {
                return false; // what is typed rarely is left to picocli
            }
        }
        return true;
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
