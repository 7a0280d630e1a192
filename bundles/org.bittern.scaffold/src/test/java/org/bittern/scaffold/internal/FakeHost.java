package org.bittern.scaffold.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineStatistics;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.Policies;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/** A host whose engines keep torrents in a list and do nothing with them. Thread-safe. */
final class FakeHost implements EngineHost {
    private final AtomicReference<@Nullable FakeEngine> running = new AtomicReference<>();
    private final AtomicReference<@Nullable EngineException> nextStart = new AtomicReference<>();

    /** Lets the next start fail. */
    void failNextStart(EngineException failure) {
        nextStart.set(failure);
    }

    FakeEngine fake() {
        FakeEngine engine = running.get();
        if (engine == null) {
            throw new AssertionError("no engine");
        }
        return engine;
    }

    @Override
    public Optional<Engine> engine() {
        return Optional.ofNullable(running.get());
    }

    @Override
    public CompletionStage<Engine> start(EngineStart start) {
        EngineException failure = nextStart.getAndSet(null);
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        FakeEngine engine = new FakeEngine(start.settings());
        return running.compareAndSet(null, engine)
                ? CompletableFuture.completedFuture(engine)
                : failed(EngineException.Code.ENGINE_ALREADY_RUNNING);
    }

    @Override
    public CompletionStage<Void> stop() {
        return running.getAndSet(null) != null
                ? CompletableFuture.completedFuture(null)
                : failed(EngineException.Code.ENGINE_NOT_RUNNING);
    }

    @Override
    public Subscription watch(Consumer<Optional<Engine>> listener) {
        return () -> {};
    }

    private static <T> CompletionStage<T> failed(EngineException.Code code) {
        return CompletableFuture.failedFuture(new EngineException(code, "as the test wants"));
    }

    /** An engine without network and disk. */
    static final class FakeEngine implements Engine {
        final List<AddTorrent> requests = new ArrayList<>();
        final Map<String, FakeTorrent> fakes = new ConcurrentSkipListMap<>();
        private final Settings settings;

        FakeEngine(Settings settings) {
            this.settings = settings;
        }

        @Override
        public EngineStatus status() {
            return new EngineStatus("1.2.3", 50_123, fakes.size(), 0, 0, 0, 0, 0, Instant.EPOCH);
        }

        @Override
        public List<TorrentSnapshot> snapshots() {
            return fakes.values().stream().map(FakeTorrent::snapshot).toList();
        }

        @Override
        public List<Torrent> torrents() {
            return fakes.values().stream().map(FakeTorrent::torrent).toList();
        }

        @Override
        public Optional<Torrent> torrent(String id) {
            return Optional.ofNullable(fakes.get(id.toLowerCase(Locale.ROOT)))
                    .map(FakeTorrent::torrent);
        }

        @Override
        public Optional<Torrent> torrent(InfoHash infoHash) {
            return torrent(infoHash.hex());
        }

        @Override
        public Optional<Torrent> torrent(int number) {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Added> add(AddTorrent request) {
            requests.add(request);
            InfoHash hash =
                    switch (request.source()) {
                        case AddTorrent.Source.File file -> file.metainfo().infoHash();
                        case AddTorrent.Source.Link link -> link.magnet().infoHash();
                    };
            FakeTorrent added = new FakeTorrent(hash);
            FakeTorrent before = fakes.putIfAbsent(hash.hex(), added);
            return CompletableFuture.completedFuture(
                    new Added((before == null ? added : before).torrent(), before != null));
        }

        @Override
        public CompletionStage<Void> remove(Torrent torrent, boolean deleteData) {
            FakeTorrent gone = fakes.remove(torrent.infoHash().hex());
            if (gone != null) {
                gone.calls.add("remove " + deleteData);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Settings settings() {
            return settings;
        }

        @Override
        public CompletionStage<Void> apply(Settings changes) {
            return failed(EngineException.Code.UNSUPPORTED);
        }

        @Override
        public Queue queue() {
            throw new EngineException(EngineException.Code.UNSUPPORTED, "no queue");
        }

        @Override
        public Policies policies() {
            throw new EngineException(EngineException.Code.UNSUPPORTED, "no policies");
        }

        @Override
        public EngineStatistics statistics() {
            EngineStatistics.Totals none = new EngineStatistics.Totals(0, 0, 0, 0, 1, 0);
            return new EngineStatistics(none, none);
        }

        @Override
        public Subscription subscribe(Consumer<EngineEvent> listener) {
            return () -> {};
        }

        @Override
        public Changes changesSince(long revision) {
            return new Changes(revision, true, List.of(), List.of());
        }
    }
}
