package org.bittern.shell.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code bittern:ls}, {@code bittern:add} and {@code bittern:stats}. Gogo finds them by the
 * properties of the service and calls them by their names; nothing of it is imported. What a method
 * returns is printed, what it throws is printed as an error.
 */
@Component(
        service = ShellCommands.class,
        property = {
            "osgi.command.scope=bittern",
            "osgi.command.function=ls",
            "osgi.command.function=add",
            "osgi.command.function=stats"
        })
public final class ShellCommands {
    /** Largest torrent file, in bytes; the limit of the bencode reader. */
    private static final int MAX_TORRENT_BYTES = 10_000_000;

    private static final int ANSWER_SECONDS = 30;
    private static final int PERCENT = 100;

    private final EngineHost host;

    /** Speaks to the engine that runs at the time of a command. */
    @Activate
    public ShellCommands(@Reference EngineHost host) {
        this.host = host;
    }

    /** Lists the torrents, one a line. */
    public String ls() {
        StringBuilder lines = new StringBuilder();
        for (TorrentSnapshot torrent : host.require().snapshots()) {
            lines.append(
                    String.format(
                            Locale.ROOT,
                            "%4d  %3d %%  %-16s  %4d peers  %s%n",
                            torrent.number(),
                            (int) (torrent.progress().fraction() * PERCENT),
                            torrent.state().name().toLowerCase(Locale.ROOT),
                            torrent.swarm().connected(),
                            printable(torrent.name())));
        }
        return lines.isEmpty() ? "no torrents" : lines.toString().stripTrailing();
    }

    /**
     * Adds a torrent.
     *
     * @param source a torrent file on this machine, or a magnet link
     */
    public String add(String source) throws IOException, MetainfoException, InterruptedException {
        AddTorrent request =
                Magnet.isMagnet(source) ? AddTorrent.link(Magnet.parse(source)) : file(source);
        try {
            Engine.Added added =
                    host.require()
                            .add(request.starting(AddTorrent.Start.SETTING))
                            .toCompletableFuture()
                            .get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return "%s %d  %s"
                    .formatted(
                            added.duplicate() ? "there already:" : "added:",
                            added.torrent().number(),
                            added.torrent().infoHash().hex());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer in " + ANSWER_SECONDS + " s", e);
        }
    }

    private static AddTorrent file(String name) throws IOException, MetainfoException {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
            if (bytes.length > MAX_TORRENT_BYTES) {
                throw new IOException(name + ": more than " + MAX_TORRENT_BYTES + " bytes");
            }
            return AddTorrent.file(Metainfo.parse(bytes), bytes);
        }
    }

    /** Tells what the engine is and does. */
    public String stats() {
        EngineStatus status = host.require().status();
        List<String> lines =
                List.of(
                        "version    " + status.version(),
                        "port       " + status.listenPort(),
                        "started    " + status.started(),
                        "torrents   " + status.torrents(),
                        "peers      " + status.peers(),
                        "down       %d B/s, %d B since the start"
                                .formatted(status.downloadRate(), status.downloadedBytes()),
                        "up         %d B/s, %d B since the start"
                                .formatted(status.uploadRate(), status.uploadedBytes()));
        return String.join(System.lineSeparator(), lines);
    }

    /** Names come from strangers: a control character could move the cursor. */
    private static String printable(String name) {
        return name.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
