package org.bittern.cli.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.metainfo.InfoHash;
import org.bittern.terminal.CommandFailure;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code get}: downloads and ends. Interrupted, it goes on at the next call. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description =
                "Downloads torrents. Exit code 0 when all are complete, 1 on failure. When it was"
                        + " interrupted, the same command goes on where it was.")
final class GetCommand implements Callable<Integer> {
    private static final int NAME_BYTES = 10;

    private final Session session;

    @Parameters(
            arity = "1..*",
            paramLabel = "LINK|FILE",
            description = "Torrent files, magnet links or http(s) URLs of torrent files.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--dir", paramLabel = "D", description = "Where files go. Default: here.")
    private Path directory = Path.of("");

    @Option(names = "--seed", description = "Go on uploading when complete, until stopped.")
    private boolean seed;

    @Option(names = "--sequential", description = "Pieces in order, to look at it meanwhile.")
    private boolean sequential;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description =
                    "Give up after this long without a connected peer and without data;"
                            + " 0 = never. Default: 60.")
    private int waitSeconds = 60;

    @Option(names = "--json", description = "Tell the outcome as one JSON object per torrent.")
    private boolean json;

    @Mixin private NetworkOptions network = new NetworkOptions();

    GetCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        NetworkOptions.requireRange("--wait", waitSeconds, Integer.MAX_VALUE);
        Map<String, AddTorrent> here = new HashMap<>(); // not what a URL names: that is fetched
        for (String source : sources) {
            Source.here(source).ifPresent(request -> here.put(source, request));
        }
        List<InetSocketAddress> peers = network.peers();
        here.values().forEach(request -> requireSomebodyToAsk(request, peers));
        Path target = directory.toAbsolutePath().normalize();
        Path state = session.data().resolve("get").resolve(stateName(here, target));
        Engine engine = session.start(network.settings(target), Optional.of(state));
        boolean complete = false;
        try {
            List<Torrent> torrents = new ArrayList<>();
            for (String source : sources) {
                AddTorrent request = here.get(source);
                if (request == null) {
                    request = Source.fetched(source, session.urls());
                    requireSomebodyToAsk(request, peers);
                }
                torrents.add(add(engine, request.into(target), peers));
            }
            complete = new Watch(session, torrents, waitSeconds, json).untilComplete();
            if (complete && seed) {
                session.terminal().remark("seeding; stop with Ctrl-C");
                new Watch(session, torrents, 0, json).untilStopped();
            }
        } finally {
            session.stopEngine();
        }
        if (complete) {
            StateDirectory.delete(state);
        }
        return complete ? 0 : CommandFailure.EXIT_FAILURE;
    }

    private Torrent add(Engine engine, AddTorrent request, List<InetSocketAddress> peers) {
        AddTorrent asked =
                request.with(request.options().with(TorrentOptions.SEQUENTIAL, sequential));
        Torrent torrent = Session.answer(engine.add(asked)).torrent();
        peers.forEach(peer -> Session.answer(torrent.addPeer(peer)));
        return torrent;
    }

    /** Without tracker, DHT and peer there is nobody to wait for. */
    private void requireSomebodyToAsk(AddTorrent request, List<InetSocketAddress> peers) {
        boolean somebody =
                switch (request.source()) {
                    case AddTorrent.Source.File(var metainfo, var bytes) ->
                            !metainfo.trackers().isEmpty()
                                    || !metainfo.webSeeds().isEmpty()
                                    || (network.usesDht() && !metainfo.isPrivate());
                    case AddTorrent.Source.Link(var magnet) ->
                            !magnet.trackers().isEmpty()
                                    || !magnet.peers().isEmpty()
                                    || network.usesDht();
                };
        if (!somebody && peers.isEmpty()) {
            throw new CommandFailure(
                    name(request) + ": no tracker, no DHT and no --peer to ask for it");
        }
    }

    private static String name(AddTorrent request) {
        return switch (request.source()) {
            case AddTorrent.Source.File(var metainfo, var bytes) -> metainfo.name();
            case AddTorrent.Source.Link(var magnet) ->
                    magnet.name().orElse(magnet.infoHash().hex());
        };
    }

    private static InfoHash infoHash(AddTorrent request) {
        return switch (request.source()) {
            case AddTorrent.Source.File(var metainfo, var bytes) -> metainfo.infoHash();
            case AddTorrent.Source.Link(var magnet) -> magnet.infoHash();
        };
    }

    /** The same torrents into the same directory find the state of the interrupted call. */
    private String stateName(Map<String, AddTorrent> here, Path target) {
        String identity =
                sources.stream()
                        .map(source -> {
                            AddTorrent request = here.get(source);
                            return request == null ? source : infoHash(request).hex();
                        })
                        .sorted()
                        .collect(Collectors.joining(",", target + ",", ""));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** State that is no longer needed. */
    private static final class StateDirectory {
        private StateDirectory() {}

        static void delete(Path directory) {
            try (var entries = Files.walk(directory)) {
                for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(entry);
                }
            } catch (IOException e) {
                // left behind: a later call of the same torrent finds it and removes it
                LoggerFactory.getLogger(GetCommand.class)
                        .debug("{} was not removed: {}", directory, e.getMessage());
            }
        }
    }
}
