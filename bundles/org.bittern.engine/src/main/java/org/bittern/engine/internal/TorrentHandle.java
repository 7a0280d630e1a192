package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentView;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A torrent as callers see it: posts their commands to the torrent's loop and holds what the loop
 * published last. Thread-safe. Answers are given off the loop, so that no caller's code ever runs
 * on a loop.
 */
final class TorrentHandle implements Torrent {
    private static final Logger log = LoggerFactory.getLogger(TorrentHandle.class);

    private final EventLoop loop;
    private final TorrentCore core;
    private final Registry registry;
    private final Surroundings surroundings;
    private final int number;
    private final List<String> linkedSeeds; // web seeds that a magnet link names
    private final InfoHash storedAs; // as it was added; a hybrid may gain a part later
    private volatile InfoHash infoHash;
    private volatile TorrentSnapshot snapshot;
    private volatile @Nullable Metainfo metainfo; // null while a magnet link is being resolved

    /**
     * @param first what is shown until the loop publishes
     */
    TorrentHandle(EventLoop loop, TorrentCore core, TorrentSnapshot first, Registry registry) {
        this.loop = loop;
        this.registry = registry;
        this.core = core;
        surroundings = core.session().parts().surroundings();
        this.number = first.number();
        storedAs = first.infoHash();
        this.infoHash = storedAs;
        this.snapshot = first;
        this.metainfo = core.metainfo();
        linkedSeeds = core.beginning().magnet().map(Magnet::webSeeds).orElse(List.of());
    }

    TorrentCore core() {
        return core;
    }

    EventLoop loop() {
        return loop;
    }

    /** Takes over what the loop published. On the loop, in the order of revisions. */
    void published(TorrentSnapshot latest) {
        snapshot = latest;
    }

    /** The metadata has come; the info-hash may have gained a part (hybrid). On the loop. */
    void resolved(InfoHash full, Metainfo known) {
        infoHash = full;
        metainfo = known;
        registry.learn(this);
    }

    @Override
    public InfoHash infoHash() {
        return infoHash;
    }

    /**
     * All hashes of the torrent. A hybrid that was added by its v2 hash alone keeps that as its
     * name when the metadata tells the other one.
     */
    InfoHash fullHash() {
        Metainfo known = metainfo;
        return known == null ? infoHash : known.infoHash();
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public TorrentSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public CompletionStage<TorrentView> view() {
        return query(torrent -> torrent.commands().view(snapshot.revision()));
    }

    @Override
    public Optional<Metainfo> metainfo() {
        return Optional.ofNullable(metainfo);
    }

    @Override
    public CompletionStage<List<PeerSnapshot>> peers() {
        return query(torrent -> torrent.commands().peerSnapshots());
    }

    @Override
    public CompletionStage<List<WebSeedSnapshot>> webSeeds() {
        return query(torrent -> torrent.swarm().webSeeds().snapshots());
    }

    @Override
    public List<String> webSeedUrls() {
        Metainfo known = metainfo;
        return known == null ? linkedSeeds : known.webSeeds();
    }

    @Override
    public CompletionStage<List<FileSnapshot>> files() {
        return query(torrent -> torrent.commands().fileSnapshots());
    }

    @Override
    public CompletionStage<List<TrackerSnapshot>> trackers() {
        return query(torrent -> torrent.commands().trackerSnapshots());
    }

    @Override
    public CompletionStage<Bitfield> pieces() {
        return query(torrent -> torrent.commands().pieces());
    }

    @Override
    public CompletionStage<int[]> availability() {
        return query(torrent -> torrent.commands().availability());
    }

    @Override
    public PieceDemand demand() {
        return new DemandHandle(this);
    }

    @Override
    public CompletionStage<Void> start() {
        return command(torrent -> torrent.course().start(false));
    }

    @Override
    public CompletionStage<Void> startNow() {
        return command(torrent -> torrent.course().start(true));
    }

    @Override
    public CompletionStage<Void> stop() {
        return command(torrent -> torrent.course().stop());
    }

    @Override
    public CompletionStage<Void> pause() {
        return command(torrent -> torrent.course().pause());
    }

    @Override
    public CompletionStage<Void> recheck() {
        return command(torrent -> torrent.course().recheck());
    }

    @Override
    public CompletionStage<Void> reannounce() {
        return command(torrent -> torrent.discovery().now());
    }

    @Override
    public CompletionStage<Void> addPeer(InetSocketAddress address) {
        if (address.isUnresolved()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            surroundings.start("bt-lookup", () -> lookUp(address, done));
            return done;
        }
        return command(torrent -> torrent.commands().addPeer(address));
    }

    private void lookUp(InetSocketAddress named, CompletableFuture<Void> done) {
        try {
            InetSocketAddress found = PeerNames.find(named, core.session().looksUpPeers());
            command(torrent -> torrent.commands().addPeer(found), done);
        } catch (EngineException e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public CompletionStage<Void> disconnectPeer(InetSocketAddress address) {
        return command(torrent -> torrent.commands().disconnectPeer(address));
    }

    @Override
    public CompletionStage<Void> setOptions(Settings changes) {
        return command(torrent -> torrent.commands().setOptions(changes));
    }

    @Override
    public CompletionStage<Void> setFilePriorities(Map<Integer, Priority> priorities) {
        Map<Integer, Priority> copy = Map.copyOf(priorities);
        return command((torrent, done) -> torrent.commands().setFilePriorities(copy, done));
    }

    @Override
    public CompletionStage<Void> setPiecePriorities(List<Priority> priorities) {
        List<Priority> copy = List.copyOf(priorities);
        return command(torrent -> torrent.commands().setPiecePriorities(copy));
    }

    @Override
    public CompletionStage<Void> setLabels(List<String> labels) {
        List<String> copy = Labels.checked(labels);
        return command(torrent -> torrent.commands().setLabels(copy))
                .thenCompose(done -> core.session().ledger().save());
    }

    @Override
    public CompletionStage<Void> setTrackers(List<List<String>> tiers) {
        List<List<String>> copy = tiers.stream().map(List::copyOf).toList();
        return command(torrent -> torrent.commands().setTrackers(copy));
    }

    @Override
    public CompletionStage<Void> editTrackers(
            List<String> added, Set<Integer> removed, Map<Integer, String> replaced) {
        List<String> additions = List.copyOf(added);
        Set<Integer> removals = Set.copyOf(removed);
        Map<Integer, String> replacements = Map.copyOf(replaced);
        return command(
                torrent -> torrent.commands().editTrackers(additions, removals, replacements));
    }

    @Override
    public CompletionStage<Long> desiredAvailableBytes() {
        return query(torrent -> torrent.commands().desiredAvailableBytes());
    }

    @Override
    public CompletionStage<Void> move(Path directory, boolean moveData) {
        return command((torrent, done) -> torrent.commands().move(directory, moveData, done));
    }

    @Override
    public CompletionStage<Void> rename(String path, String name) {
        return command((torrent, done) -> torrent.commands().rename(path, name, done));
    }

    /** The hash that it is stored under. */
    InfoHash storedAs() {
        return storedAs;
    }

    /**
     * Stores the torrent for the first time.
     *
     * @param source as in the state store
     * @return done when it is on the disk; also when it cannot be stored, which is logged
     */
    CompletableFuture<Void> stored(byte[] source) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            var _ =
                    core.keeper()
                            .first(source)
                            .whenComplete((stored, failure) -> answer(done, null));
        });
        return done;
    }

    /** Removes the torrent from its loop; never refused, for nobody can ask again. */
    CompletableFuture<Void> remove(boolean deleteData) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() ->
                run(
                        torrent ->
                                torrent.course()
                                        .ending()
                                        .remove(deleteData, failure -> answer(done, failure)),
                        done));
        return done;
    }

    /** Runs a command that is finished when it returns. */
    private CompletableFuture<Void> command(Consumer<TorrentCore> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        command(action, done);
        return done;
    }

    private void command(Consumer<TorrentCore> action, CompletableFuture<Void> done) {
        post(
                torrent -> {
                    action.accept(torrent);
                    torrent.publishNow();
                    answer(done, null);
                },
                done);
    }

    /** Runs a command that says itself when it is finished: null, or what went wrong. */
    private CompletableFuture<Void> command(
            BiConsumer<TorrentCore, Consumer<@Nullable EngineException>> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(
                torrent ->
                        action.accept(
                                torrent,
                                failure -> {
                                    torrent.publishNow();
                                    answer(done, failure);
                                }),
                done);
        return done;
    }

    private <T> CompletionStage<T> query(Function<TorrentCore, T> question) {
        CompletableFuture<T> done = new CompletableFuture<>();
        post(torrent -> complete(done, question.apply(torrent)), done);
        return done;
    }

    /** Runs something on the torrent's loop; what it throws fails {@code done}. */
    void post(Consumer<TorrentCore> action, CompletableFuture<?> done) {
        if (!loop.post(() -> run(action, done))) {
            done.completeExceptionally(
                    new EngineException(
                            Code.BUSY, "too many commands are waiting, try again later"));
        }
    }

    private void run(Consumer<TorrentCore> action, CompletableFuture<?> done) {
        try {
            core.requirePresent();
            action.accept(core);
        } catch (EngineException e) {
            fail(done, e);
        } catch (RuntimeException e) {
            log.error("{} failed a command", infoHash.shortHex(), e);
            fail(done, new EngineException(Code.INTERNAL, String.valueOf(e), e));
        }
    }

    private void answer(CompletableFuture<Void> done, @Nullable EngineException failure) {
        if (failure == null) {
            surroundings.start("bt-answer", () -> done.complete(null));
        } else {
            fail(done, failure);
        }
    }

    /** Answers off the loop. */
    <T> void complete(CompletableFuture<T> done, T value) {
        surroundings.start("bt-answer", () -> done.complete(value));
    }

    /** Fails off the loop. */
    void fail(CompletableFuture<?> done, EngineException failure) {
        surroundings.start("bt-answer", () -> done.completeExceptionally(failure));
    }
}
