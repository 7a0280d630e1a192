package org.bittern.transmission.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineStatistics;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.LabelPolicy;
import org.bittern.api.engine.Policies;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.InfoHash;

/** An engine without network and disk, and its host. */
final class FakeEngine implements Engine, EngineHost {
    final Map<Integer, FakeTorrent> fakes = new ConcurrentSkipListMap<>();
    final List<AddTorrent> requests = new ArrayList<>();
    final List<String> moves = new ArrayList<>();
    final List<Integer> removed = new ArrayList<>();
    final Map<Integer, CompletableFuture<Void>> ends = new TreeMap<>(); // of removals, by number
    boolean silent; // takes no torrent out, and never answers that
    private final Map<String, BandwidthGroup> groups = new TreeMap<>();
    private final Map<String, LabelPolicy> labels = new TreeMap<>();
    volatile Settings settings = Settings.EMPTY;
    volatile boolean running = true;
    volatile long revision = 1;

    FakeTorrent fake(int number) {
        return fakes.computeIfAbsent(number, n -> new FakeTorrent(n, hash(n)));
    }

    static InfoHash hash(int number) {
        byte[] bytes = new byte[20];
        bytes[0] = (byte) 0xAB;
        bytes[18] = (byte) (number >> 8);
        bytes[19] = (byte) number;
        return InfoHash.ofV1(bytes);
    }

    @Override
    public Optional<Engine> engine() {
        return running ? Optional.of(this) : Optional.empty();
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus("1.2.3", 50_123, fakes.size(), 0, 5, 6, 0, 0, Instant.EPOCH);
    }

    @Override
    public List<TorrentSnapshot> snapshots() {
        return fakes.values().stream().map(FakeTorrent::snapshot).toList();
    }

    @Override
    public List<Torrent> torrents() {
        return fakes.values().stream().map(fake -> fake.torrent).toList();
    }

    @Override
    public Optional<Torrent> torrent(String id) {
        return fakes.values().stream()
                .filter(fake -> fake.hash.hex().equals(id.toLowerCase(Locale.ROOT)))
                .map(fake -> fake.torrent)
                .findFirst();
    }

    @Override
    public Optional<Torrent> torrent(InfoHash infoHash) {
        return torrent(infoHash.hex());
    }

    @Override
    public Optional<Torrent> torrent(int number) {
        return Optional.ofNullable(fakes.get(number)).map(fake -> fake.torrent);
    }

    @Override
    public CompletionStage<Added> add(AddTorrent request) {
        requests.add(request);
        return done(new Added(fake(fakes.size() + 1).torrent, false));
    }

    @Override
    public CompletionStage<Void> remove(Torrent torrent, boolean deleteData) {
        if (silent) {
            return new CompletableFuture<>();
        }
        fakes.remove(torrent.number());
        removed.add(torrent.number());
        moves.add("remove " + deleteData);
        CompletableFuture<Void> end = ends.get(torrent.number());
        return end == null ? nothing() : end;
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public CompletionStage<Void> apply(Settings changes) {
        settings = settings.overlaid(changes);
        return nothing();
    }

    @Override
    public Queue queue() {
        return new Queue() {
            @Override
            public CompletionStage<Void> move(Collection<? extends Torrent> torrents, Move where) {
                moves.add(where + " " + torrents.stream().map(Torrent::number).toList());
                return nothing();
            }

            @Override
            public CompletionStage<Void> place(Torrent torrent, int position) {
                fake(torrent.number()).position = position;
                return nothing();
            }
        };
    }

    @Override
    public Policies policies() {
        return new Policies() {
            @Override
            public List<BandwidthGroup> groups() {
                return List.copyOf(groups.values());
            }

            @Override
            public CompletionStage<Void> setGroup(BandwidthGroup group) {
                groups.put(group.name(), group);
                return nothing();
            }

            @Override
            public CompletionStage<Void> removeGroup(String name) {
                groups.remove(name);
                return nothing();
            }

            @Override
            public List<LabelPolicy> labels() {
                return List.copyOf(labels.values());
            }

            @Override
            public CompletionStage<Void> setLabel(LabelPolicy policy) {
                labels.put(policy.label(), policy);
                return nothing();
            }

            @Override
            public CompletionStage<Void> removeLabel(String label) {
                labels.remove(label);
                return nothing();
            }
        };
    }

    @Override
    public EngineStatistics statistics() {
        return new EngineStatistics(
                new EngineStatistics.Totals(1, 2, 3, 4, 1, 6),
                new EngineStatistics.Totals(10, 20, 30, 40, 2, 60));
    }

    @Override
    public Subscription subscribe(Consumer<EngineEvent> listener) {
        return () -> {};
    }

    @Override
    public Changes changesSince(long since) {
        return new Changes(
                revision,
                true,
                snapshots().stream()
                        .filter(snapshot -> snapshot.revision() > since)
                        .sorted(Comparator.comparingInt(TorrentSnapshot::number))
                        .toList(),
                since == 0 ? List.of() : removed);
    }

    @Override
    public CompletionStage<Engine> start(EngineStart start) {
        throw new UnsupportedOperationException("start");
    }

    @Override
    public CompletionStage<Void> stop() {
        throw new UnsupportedOperationException("stop");
    }

    @Override
    public Subscription watch(Consumer<Optional<Engine>> listener) {
        return () -> {};
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    @SuppressWarnings("NullAway") // the only value of Void
    private static CompletionStage<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
