package org.bittern.cli.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code seed}: checks data that is there and uploads it until it is stopped. */
@Command(
        name = "seed",
        mixinStandardHelpOptions = true,
        description = "Checks the data of a torrent, then uploads it until it is stopped.")
final class SeedCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 100;

    private final Session session;

    @Parameters(paramLabel = "FILE", description = "A torrent file, or the URL of one.")
    private String source = "";

    @Option(names = "--dir", paramLabel = "D", description = "Where the data is. Default: here.")
    private Path directory = Path.of("");

    @Option(
            names = "--partial",
            description =
                    "Upload what is there even when pieces are missing or bad; nothing is downloaded.")
    private boolean partial;

    @Mixin private NetworkOptions network = new NetworkOptions();

    SeedCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Optional<AddTorrent> here = Source.here(source);
        if (here.isPresent() && here.get().source() instanceof AddTorrent.Source.Link) {
            throw new CommandFailure("seed needs a torrent file, a magnet link has no hashes");
        }
        Path target = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(target)) {
            throw new CommandFailure(target + ": no such directory");
        }
        Engine engine = session.start(network.settings(target), Optional.empty());
        try {
            AddTorrent request = here.orElseGet(() -> Source.fetched(source, session.urls()));
            Torrent torrent =
                    Session.answer(
                                    engine.add(
                                            request.into(target).starting(AddTorrent.Start.PAUSED)))
                            .torrent();
            if (!checked(torrent)) {
                return CommandFailure.EXIT_FAILURE;
            }
            keepToWhatIsThere(torrent);
            Session.answer(torrent.start());
            network.peers().forEach(peer -> Session.answer(torrent.addPeer(peer)));
            session.terminal()
                    .remark(
                            "seeding %s on port %d; stop with Ctrl-C"
                                    .formatted(
                                            Printable.line(torrent.snapshot().name()),
                                            engine.status().listenPort()));
            new Watch(session, new ArrayList<>(List.of(torrent)), 0, false).untilStopped();
        } finally {
            session.stopEngine();
        }
        return 0;
    }

    /** Waits for the check; false when the process is being stopped. */
    private boolean checked(Torrent torrent) {
        while (true) {
            TorrentSnapshot now = torrent.snapshot();
            boolean checking =
                    now.state() == TorrentState.CHECKING
                            || now.state() == TorrentState.CHECK_QUEUED;
            if (!checking) {
                requireData(now);
                return true;
            }
            if (session.stop().within(POLL_MILLIS)) {
                return false;
            }
        }
    }

    /**
     * Else the files, which may be newer than the torrent, would be overwritten by what others
     * have.
     */
    private static void keepToWhatIsThere(Torrent torrent) {
        Bitfield there = Session.answer(torrent.pieces());
        if (!there.isComplete()) {
            Session.answer(
                    torrent.setPiecePriorities(
                            IntStream.range(0, there.pieceCount())
                                    .mapToObj(piece ->
                                            there.get(piece) ? Priority.NORMAL : Priority.SKIP)
                                    .toList()));
        }
    }

    private void requireData(TorrentSnapshot torrent) {
        TorrentSnapshot.Progress progress = torrent.progress();
        if (torrent.error().isPresent()) {
            throw new CommandFailure(torrent.name() + ": " + torrent.error().get().message());
        }
        if (!progress.complete() && !partial) {
            throw new CommandFailure(
                    "%s: %d of %d pieces in %s are missing or bad (--partial uploads the rest)"
                            .formatted(
                                    torrent.name(),
                                    progress.pieceCount() - progress.piecesVerified(),
                                    progress.pieceCount(),
                                    torrent.saveDirectory()));
        }
    }
}
