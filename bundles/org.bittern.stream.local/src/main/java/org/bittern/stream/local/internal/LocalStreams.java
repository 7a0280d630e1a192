package org.bittern.stream.local.internal;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The catalog of this process, wired to its engine; knows when an engine comes and goes. */
@Component(service = FileCatalog.class, immediate = true)
public final class LocalStreams implements FileCatalog {
    private static final Logger log = LoggerFactory.getLogger(LocalStreams.class);
    private static final long PULSE_MILLIS = TimeUnit.SECONDS.toMillis(1);

    /** In which files that were selected for streams are given back when this ends. */
    private static final long GIVE_BACK_SECONDS = 2;

    /** What says where files are. */
    private static final Set<EngineEvent.Aspect> PLACES =
            Set.of(EngineEvent.Aspect.FILES, EngineEvent.Aspect.DIRECTORY);

    private final TorrentFiles files;
    private final Selection selection = new Selection();
    private final Readers readers = new Readers(System::nanoTime, selection);
    private final TorrentBrain brain;
    private final Set<Consumer<String>> watchers = ConcurrentHashMap.newKeySet();
    private final Set<Consumer<Optional<String>>> groupWatchers = ConcurrentHashMap.newKeySet();
    private final Subscription engines;
    private final Thread pulse;
    private final Object following = new Object();
    private boolean told; // by the host, which then knows better than a look; under following
    private volatile Subscription events = () -> {};

    @Activate
    public LocalStreams(@Reference EngineHost host) {
        files = new TorrentFiles(host, readers);
        brain = new TorrentBrain(host, readers);
        engines = host.watch(this::engineChanged);
        synchronized (following) {
            if (!told) {
                host.engine().ifPresent(this::listen);
            }
        }
        pulse =
                Thread.ofVirtual()
                        .name("stream-pulse")
                        .start(new Pulse(PULSE_MILLIS, readers::pulse));
    }

    private void engineChanged(Optional<Engine> engine) {
        readers.drop(OptionalInt.empty(), "the engine is being replaced", this::withdrawn);
        engine.ifPresentOrElse(selection::engineCame, selection::engineGone);
        synchronized (following) {
            told = true;
            events.close();
            engine.ifPresent(this::listen);
        }
        if (engine.isPresent()) {
            changed(Optional.empty()); // without one nobody knows: the files are to come back
        }
    }

    private void listen(Engine engine) {
        events = engine.subscribe(this::happened);
    }

    private void happened(EngineEvent event) {
        if (event instanceof EngineEvent.Removed removed) {
            readers.drop(
                    OptionalInt.of(removed.number()), "the torrent was removed", this::withdrawn);
        }
        switch (event) {
            case EngineEvent.Added added -> changed(group(added));
            case EngineEvent.MetadataReceived received -> changed(group(received));
            case EngineEvent.Finished finished -> changed(group(finished)); // names may lose .part
            case EngineEvent.Removed removed -> changed(group(removed));
            case EngineEvent.Changed edited -> {
                if (!Collections.disjoint(edited.what(), PLACES)) {
                    changed(group(edited));
                }
            }
            case EngineEvent.Missed _ -> changed(Optional.empty());
            default -> {
                // the same files in the same places
            }
        }
    }

    private static Optional<String> group(EngineEvent.OfTorrent event) {
        return Optional.of(event.infoHash().hex());
    }

    private void changed(Optional<String> group) {
        groupWatchers.forEach(watcher -> watcher.accept(group));
    }

    private void withdrawn(String fileId) {
        watchers.forEach(watcher -> watcher.accept(fileId));
    }

    @Deactivate
    void stop() {
        pulse.interrupt();
        engines.close();
        events.close();
        readers.drop(OptionalInt.empty(), "the streaming brain stops", this::withdrawn);
        try {
            selection.giveBack().get(GIVE_BACK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("what was selected for streams stays so: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletionStage<Optional<StreamFile>> find(String fileId) {
        return files.find(fileId);
    }

    @Override
    public void awaited(String fileId) {
        files.awaited(fileId);
    }

    @Override
    public CompletionStage<List<StreamFile>> files(Optional<String> group) {
        return files.files(group);
    }

    @Override
    public RangeBrain brain() {
        return brain;
    }

    @Override
    public Runnable watch(Consumer<String> withdrawn) {
        watchers.add(withdrawn);
        return () -> watchers.remove(withdrawn);
    }

    @Override
    public Runnable watchGroups(Consumer<Optional<String>> changed) {
        groupWatchers.add(changed);
        return () -> groupWatchers.remove(changed);
    }
}
