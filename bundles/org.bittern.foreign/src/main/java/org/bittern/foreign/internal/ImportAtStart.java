package org.bittern.foreign.internal;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.foreign.ForeignSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over the torrents of another program when the first engine of the process starts. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.bittern.foreign")
@Designate(ocd = ImportConfig.class)
public final class ImportAtStart {
    private static final int ADD_SECONDS = 60;
    private static final Logger log = LoggerFactory.getLogger(ImportAtStart.class);

    private final String directory;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final Subscription subscription;

    /** Waits for an engine, if a directory is named. */
    @Activate
    public ImportAtStart(ImportConfig config, @Reference EngineHost host) {
        directory = config.dir();
        subscription = directory.isEmpty() ? () -> {} : host.watch(this::changed);
        if (!directory.isEmpty()) {
            changed(host.engine());
        }
    }

    @Deactivate
    void stop() {
        subscription.close();
    }

    private void changed(Optional<Engine> engine) {
        if (engine.isPresent() && begun.compareAndSet(false, true)) {
            // a virtual one would hold on to a carrier of others while the files do not answer
            Thread.ofPlatform().daemon().name("bt-import").start(() -> run(engine.get()));
        }
    }

    private void run(Engine engine) {
        try {
            ForeignSession.Found found = ForeignSession.read(Path.of(directory));
            found.problems().forEach(problem -> log.warn("not imported: {}", problem));
            int added = 0;
            for (AddTorrent request : found.torrents()) {
                added += add(engine, request) ? 1 : 0;
            }
            log.info("{} of {} torrents are new", added, found.torrents().size());
        } catch (IOException | InvalidPathException e) {
            log.warn("nothing is imported: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean add(Engine engine, AddTorrent request) throws InterruptedException {
        try {
            return !engine.add(request)
                    .toCompletableFuture()
                    .get(ADD_SECONDS, TimeUnit.SECONDS)
                    .duplicate();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("a torrent is not imported: {}", e.getMessage());
            return false;
        }
    }
}
