package org.bittern.cli.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.foreign.ForeignSession;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code import}: takes over the torrents of another program, and checks their files. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Takes over the torrents of Transmission or of a program on libtorrent (qBittorrent),",
            "with priorities, labels, limits, dates and counts. Samples of the data are checked.",
            "Nothing is downloaded or uploaded; the daemon does that when it starts with the same",
            "--data. The other program must not run; its files are not changed."
        })
final class ImportCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 100;
    private static final int PERCENT = 100;

    /** What the program has heard on the way is nobody's business: it speaks to nobody. */
    private static final Settings SILENT =
            Settings.EMPTY
                    .with(NetworkSettings.BIND_ADDRESS_IPV4, "127.0.0.1")
                    .with(NetworkSettings.BIND_ADDRESS_IPV6, "")
                    .with(NetworkSettings.PEER_PORT, 0)
                    .with(NetworkSettings.DHT_ENABLED, false)
                    .with(NetworkSettings.LPD_ENABLED, false)
                    .with(NetworkSettings.PORT_FORWARDING_ENABLED, false);

    private final Session session;

    @Parameters(
            paramLabel = "DIR",
            description =
                    "Transmission's configuration (with resume/ and torrents/), or a directory of"
                            + " *.fastresume such as BT_backup.")
    private Path directory = Path.of("");

    ImportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ForeignSession.Found found = found();
        found.problems().forEach(problem -> session.terminal().complain(Printable.line(problem)));
        Engine engine = session.start(SILENT, Optional.of(session.data()));
        int bad = found.problems().size();
        try {
            List<Torrent> added = new ArrayList<>();
            for (AddTorrent request : found.torrents()) {
                bad += add(engine, request, added) ? 0 : 1;
            }
            for (Torrent torrent : added) {
                if (!settled(torrent)) {
                    return CommandFailure.EXIT_FAILURE;
                }
                bad += report(torrent.snapshot()) ? 0 : 1;
            }
        } finally {
            session.stopEngine();
        }
        return bad == 0 ? 0 : CommandFailure.EXIT_FAILURE;
    }

    private ForeignSession.Found found() {
        try {
            return ForeignSession.read(directory.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private boolean add(Engine engine, AddTorrent request, List<Torrent> added) {
        try {
            Engine.Added answer = Session.answer(engine.add(request));
            if (answer.duplicate()) {
                session.terminal()
                        .remark(
                                Printable.line(answer.torrent().snapshot().name())
                                        + ": there already");
            } else {
                added.add(answer.torrent());
            }
            return true;
        } catch (CommandFailure e) {
            session.terminal().complain(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Waits for the check; false when the process is being stopped. */
    private boolean settled(Torrent torrent) {
        while (true) {
            TorrentState state = torrent.snapshot().state();
            if (state != TorrentState.CHECKING && state != TorrentState.CHECK_QUEUED) {
                return true;
            }
            if (session.stop().within(POLL_MILLIS)) {
                return false;
            }
        }
    }

    /** Says what became of a torrent; false when something is wrong with it. */
    private boolean report(TorrentSnapshot torrent) {
        String name = Printable.line(torrent.name());
        if (torrent.state() == TorrentState.ERROR) {
            String why = torrent.error().map(TorrentError::message).orElse("unknown");
            session.terminal().complain(name + ": " + Printable.line(why));
            return false;
        }
        String state =
                torrent.state() == TorrentState.STOPPED
                        ? "stopped, will be checked when it starts"
                        : "%d %%".formatted((int) (torrent.progress().fraction() * PERCENT));
        session.terminal().remark(name + ": " + state);
        return true;
    }
}
