package org.bittern.health.internal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Torrents can be read and written, and the disk of the downloads has room. */
@Component(
        service = HealthCheck.class,
        property = {HealthCheck.NAME + "=Bittern files", HealthCheck.TAGS + "=bittern"})
public final class FilesCheck implements HealthCheck {
    private static final long LITTLE_BYTES = 256L << 20;
    private static final int MIB_SHIFT = 20;

    /** Torrents that are named; more are counted. */
    private static final int MOST_NAMED = 5;

    private final EngineHost host;

    /** Looks at the engine that runs at the time of a check. */
    @Activate
    public FilesCheck(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    public Result execute() {
        List<ResultLog.Entry> entries = new ArrayList<>();
        host.engine()
                .ifPresent(engine -> {
                    torrents(engine, entries);
                    room(engine, entries);
                });
        if (entries.isEmpty()) {
            return new Result(Result.Status.OK, "no torrent has stopped by an error");
        }
        ResultLog log = new ResultLog();
        entries.forEach(log::add);
        return new Result(log);
    }

    private static void torrents(Engine engine, List<ResultLog.Entry> entries) {
        List<TorrentSnapshot> failed =
                engine.snapshots().stream()
                        .filter(torrent -> torrent.state() == TorrentState.ERROR)
                        .toList();
        for (TorrentSnapshot torrent : failed.subList(0, Math.min(MOST_NAMED, failed.size()))) {
            String why = torrent.error().map(error -> error.message()).orElse("unknown");
            entries.add(warning(torrent.infoHash().shortHex() + ": " + why));
        }
        if (failed.size() > MOST_NAMED) {
            entries.add(warning((failed.size() - MOST_NAMED) + " more torrents have stopped"));
        }
    }

    private static void room(Engine engine, List<ResultLog.Entry> entries) {
        Path directory = Path.of(engine.settings().get(EngineSettings.DOWNLOAD_DIR));
        try {
            FileStore store = Files.getFileStore(directory);
            if (store.getUsableSpace() < LITTLE_BYTES) {
                entries.add(
                        warning(
                                "%d MiB are free in %s"
                                        .formatted(
                                                store.getUsableSpace() >> MIB_SHIFT, directory)));
            }
        } catch (IOException e) {
            entries.add(warning(directory + " cannot be used: " + e.getMessage()));
        }
    }

    private static ResultLog.Entry warning(String message) {
        return new ResultLog.Entry(Result.Status.WARN, message);
    }
}
