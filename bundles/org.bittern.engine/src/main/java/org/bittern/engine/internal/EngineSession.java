package org.bittern.engine.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineStatistics;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.Policies;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.metainfo.HostPort;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.state.SessionState;

/**
 * A running engine. Thread-safe: what changes the session as a whole is done by the {@link Clerk},
 * what changes a torrent by its loop; everything else is read from snapshots and concurrent maps.
 */
final class EngineSession implements Engine, EngineFactory.Running {
    /** Time left for the archive after torrents had theirs, which is three seconds. */
    private static final long CLOSE_RESERVE_MILLIS = 1000;

    private final SessionScope scope;
    private final Registry registry;
    private final Doorway doorway;
    private final Adding adding;
    private final Clerk clerk;
    private final SettingsDesk desk;
    private final QueueDesk queue;
    private final Consumer<Parts.Part> watcher = this::partChanged;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    private EngineSession(SessionScope scope) {
        this.scope = scope;
        registry = new Registry(scope);
        clerk = new Clerk(scope.parts().surroundings());
        doorway = new Doorway(scope, registry, clerk);
        adding = new Adding(scope.succession().numbers(), scope::now);
        desk = new SettingsDesk(scope, registry, doorway, clerk);
        queue = new QueueDesk(scope, registry);
        scope.policies().onChange(() -> everybody(torrent -> torrent.commands().policiesChanged()));
        scope.remover((deleteData, number) -> clerk.tell(() -> removeIfThere(number, deleteData)));
    }

    /** See {@link EngineFactory#start}. */
    static EngineSession start(
            Parts parts,
            Settings settings,
            Optional<SessionState> state,
            Succession succession,
            RandomGenerator random) {
        SessionScope scope = new SessionScope(parts, settings, state, succession, random);
        EngineSession session = new EngineSession(scope);
        SideNotes notes = new SideNotes(scope.ledger(), session.registry);
        try {
            parts.watch(session.watcher); // first: what comes or goes meanwhile waits for the clerk
            session.desk.open(random);
            scope.statistics().keep(parts.loops().loops().getFirst());
            if (state.isPresent()) {
                session.restore(state.get(), notes);
            }
            session.registry.tellWhoIsGone();
        } catch (EngineException | RejectedExecutionException | LinkageError e) {
            session.abandon();
            throw refusal(parts.loops(), e);
        }
        session.clerk.begin();
        return session;
    }

    private static EngineException refusal(LoopGroup loops, Throwable cause) {
        if (cause instanceof RejectedExecutionException || haveStopped(loops)) {
            return new EngineException(
                    Code.ENGINE_NOT_RUNNING, "the event loops have stopped", cause);
        }
        // A bundle that has left cannot load its classes any more; the next one brings its own.
        return cause instanceof EngineException refusal
                ? refusal
                : new EngineException(
                        Code.UNSUPPORTED, "a part left while the engine started", cause);
    }

    /** Then every refusal has this one cause. */
    private static boolean haveStopped(LoopGroup loops) {
        try {
            loops.loops().getFirst().execute(() -> {});
            return false;
        } catch (RejectedExecutionException e) {
            return true;
        }
    }

    private void abandon() {
        scope.parts().unwatch(watcher);
        clerk.close(() -> {});
        doorway.close();
        scope.ledger().abandon();
        var _ = scope.close(); // nothing was given to it yet
    }

    private void restore(SessionState state, SideNotes notes) {
        try {
            List<SessionState.StoredTorrent> stored = notes.inOrder(state.torrents());
            // Parsing is work for all cores; what follows is done in order.
            stored.parallelStream()
                    .map(Adding::past)
                    .flatMap(Optional::stream)
                    .toList()
                    .forEach(past -> restore(past, notes, Beginning.Left.of(state)));
        } catch (IOException e) {
            throw new EngineException(
                    Code.INVALID_PATH, "the stored session cannot be read: " + e.getMessage(), e);
        }
    }

    private void restore(Adding.Past past, SideNotes notes, Beginning.Left left) {
        Beginning stored = adding.restored(past, scope.settings(), left);
        Beginning beginning = notes.labels(past.stored()).map(stored::labelled).orElse(stored);
        TorrentHandle handle = register(beginning);
        beginning.magnet().ifPresent(magnet -> dialNamed(handle, magnet));
    }

    private TorrentHandle register(Beginning beginning) {
        EventLoop loop = scope.parts().loops().next();
        TorrentCore core = new TorrentCore(scope, loop, beginning);
        TorrentSnapshot first = scope.changes().publish(0, core::snapshot);
        TorrentHandle handle = new TorrentHandle(loop, core, first, registry);
        registry.add(handle);
        loop.execute(() -> core.begin(handle));
        return handle;
    }

    // ---- Engine

    @Override
    public Engine engine() {
        return this;
    }

    @Override
    public EngineStatus status() {
        int peers = 0;
        long down = 0;
        long up = 0;
        for (TorrentHandle torrent : registry.all()) {
            TorrentSnapshot snapshot = torrent.snapshot();
            peers += snapshot.swarm().connected();
            down += snapshot.transfer().downloadRate();
            up += snapshot.transfer().uploadRate();
        }
        return new EngineStatus(
                SessionScope.VERSION,
                scope.listenPort(),
                registry.size(),
                peers,
                down,
                up,
                scope.statistics().downloaded.sum(),
                scope.statistics().uploaded.sum(),
                scope.started());
    }

    @Override
    public List<TorrentSnapshot> snapshots() {
        List<TorrentSnapshot> snapshots = new ArrayList<>(registry.size());
        registry.all().forEach(torrent -> snapshots.add(torrent.snapshot()));
        return List.copyOf(snapshots);
    }

    @Override
    public List<Torrent> torrents() {
        return List.copyOf(registry.all());
    }

    @Override
    public Optional<Torrent> torrent(String id) {
        return registry.id(id).map(handle -> handle);
    }

    @Override
    public Optional<Torrent> torrent(InfoHash infoHash) {
        return registry.sharing(infoHash).map(handle -> handle);
    }

    @Override
    public Optional<Torrent> torrent(int number) {
        return registry.number(number).map(handle -> handle);
    }

    @Override
    public CompletionStage<Added> add(AddTorrent request) {
        CompletableFuture<Added> answer = new CompletableFuture<>();
        clerk.ask(() -> register(request), answer);
        return answer;
    }

    private CompletableFuture<Added> register(AddTorrent request) {
        Optional<TorrentHandle> present = registry.sharing(Adding.infoHash(request));
        if (present.isPresent()) {
            return CompletableFuture.completedFuture(new Added(present.get(), true));
        }
        Beginning beginning = adding.beginning(request, scope.settings());
        TorrentHandle handle = register(beginning);
        scope.publish(
                new EngineEvent.Added(
                        beginning.added(),
                        beginning.number(),
                        beginning.infoHash(),
                        beginning.name()));
        scope.statistics().added(beginning.metainfo());
        scope.ledger().saveSoon(handle.loop());
        beginning.magnet().ifPresent(magnet -> dialNamed(handle, magnet));
        return handle.stored(Adding.stored(request)).thenApply(stored -> new Added(handle, false));
    }

    private static void dialNamed(TorrentHandle handle, Magnet magnet) {
        for (HostPort peer : magnet.peers()) {
            handle.addPeer(InetSocketAddress.createUnresolved(peer.host(), peer.port()));
        }
    }

    @Override
    public CompletionStage<Void> remove(Torrent torrent, boolean deleteData) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        clerk.ask(
                () -> {
                    TorrentHandle handle =
                            registry.number(torrent.number())
                                    .filter(torrent::equals)
                                    .orElseThrow(() -> notFound(torrent));
                    return remove(handle, deleteData);
                },
                answer);
        return answer;
    }

    private void removeIfThere(int number, boolean deleteData) {
        Optional<TorrentHandle> handle = registry.number(number);
        if (handle.isPresent()) {
            var _ = remove(handle.get(), deleteData);
        }
    }

    private CompletableFuture<Void> remove(TorrentHandle handle, boolean deleteData) {
        registry.remove(handle);
        CompletableFuture<Void> gone = handle.remove(deleteData);
        scope.ledger().saveSoon(handle.loop());
        return gone.whenComplete((done, failure) -> removed(handle))
                .thenCombine(scope.archive().remove(handle.storedAs()), (done, stored) -> null)
                .thenCompose(done -> queue.settled());
    }

    private void removed(TorrentHandle handle) {
        scope.changes().removed(handle.snapshot());
        scope.publish(
                new EngineEvent.Removed(handle.loop().now(), handle.number(), handle.infoHash()));
    }

    private static EngineException notFound(Torrent torrent) {
        return new EngineException(
                Code.TORRENT_NOT_FOUND, "no torrent " + torrent.infoHash().hex());
    }

    @Override
    public Queue queue() {
        return queue;
    }

    @Override
    public Policies policies() {
        return scope.policies();
    }

    @Override
    public EngineStatistics statistics() {
        return scope.statistics().all();
    }

    @Override
    public Settings settings() {
        return scope.settings();
    }

    @Override
    public CompletionStage<Void> apply(Settings changes) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        clerk.ask(() -> desk.applied(changes), answer);
        return answer;
    }

    @Override
    public Subscription subscribe(Consumer<EngineEvent> listener) {
        return scope.events().subscribe(listener);
    }

    @Override
    public Changes changesSince(long revision) {
        return scope.changes().since(revision);
    }

    // ---- parts

    private void partChanged(Parts.Part part) {
        switch (part) {
            case EGRESS, TRANSPORT, MAPPER, FILTER, OBEDIENT ->
                    clerk.tell(() -> doorway.partChanged(part));
            case PROTOCOL -> everybody(torrent -> torrent.swarm().handovers().protocolChanged());
            case STORE -> {
                scope.storeChanged();
                everybody(torrent -> torrent.storage().storeChanged());
            }
            case FINDER -> everybody(torrent -> torrent.discovery().refresh());
            case WEB_SEEDS -> everybody(torrent -> torrent.swarm().webSeeds().refresh());
        }
    }

    /**
     * Done as soon as all parts that have changed are known, and stores that were left have done
     * what they were asked for; then the loops have their tasks.
     */
    CompletableFuture<Void> caughtUp() {
        return CompletableFuture.allOf(
                clerk.caughtUp(),
                Registry.ask(registry.all(), (core, done) -> core.storage().leaving().then(done)));
    }

    private void everybody(Consumer<TorrentCore> action) {
        for (TorrentHandle torrent : registry.all()) {
            torrent.loop()
                    .execute(() -> {
                        if (torrent.core().hasBegun()) { // else it begins with what is there now
                            action.accept(torrent.core());
                        }
                    });
        }
    }

    // ---- Running

    boolean isClosed() {
        return ended.isDone();
    }

    @Override
    public CompletionStage<Void> close() {
        if (closing.compareAndSet(false, true)) {
            scope.parts().unwatch(watcher);
            scope.statistics().close();
            clerk.close(this::shutDown);
        }
        return ended;
    }

    @Override
    public CompletionStage<Void> suspend() {
        scope.handOver();
        return close();
    }

    private void shutDown() {
        doorway.close();
        long grace = TimeUnit.SECONDS.toMillis(CLOSE_SECONDS) - CLOSE_RESERVE_MILLIS;
        var _ =
                Registry.ask(registry.byNeed(), TorrentCore::close)
                        .completeOnTimeout(null, grace, TimeUnit.MILLISECONDS)
                        .thenCompose(all -> scope.close())
                        .completeOnTimeout(
                                null, grace + CLOSE_RESERVE_MILLIS / 2, TimeUnit.MILLISECONDS)
                        .whenComplete((all, failure) -> {
                            scope.archive().giveUp();
                            ended.complete(null);
                        });
    }
}
