package org.bittern.host.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost.EngineStart;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.state.StateStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps "one engine or none". Fields without {@code volatile} are owned by the one worker thread,
 * on which engines start and stop one after the other; that is what makes parallel starts safe.
 *
 * <p>What is wanted (a {@link Wanted session}) outlives the engine: when the factory is replaced,
 * the old engine is closed before the old bundle goes, and the new factory continues the same
 * session with the settings and the real port that were in force.
 */
final class EngineKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EngineKeeper.class);

    /**
     * How long the framework may be held up while an engine closes, on top of the engine's limit.
     */
    private static final int GRACE_SECONDS = 2;

    /** How long a session waits whose engine could not start, until it is tried again. */
    private static final int RETRY_SECONDS = 1;

    private static final int WAIT_SECONDS = EngineFactory.Running.CLOSE_SECONDS + GRACE_SECONDS;

    /** The same for whoever waits until the worker has closed one: it has more to do than that. */
    private static final int HOLD_SECONDS = WAIT_SECONDS + GRACE_SECONDS;

    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bt-host").factory());
    private final List<Consumer<Optional<Engine>>> watchers = new CopyOnWriteArrayList<>();
    private final StateStoreSlot store;
    private final Succession succession;

    private volatile EngineFactory.@Nullable Running running;
    private final AtomicReference<@Nullable EngineFactory> latest = new AtomicReference<>();
    private @Nullable EngineFactory factory; // the one in use: the latest, once it was changed to
    private @Nullable Wanted wanted; // null when nobody asked for an engine
    private boolean retrying;

    /** A session that somebody started and nobody stopped. */
    private record Wanted(Settings settings, KeptSession session) {}

    /**
     * Keeps no engine yet.
     *
     * @param storePatience how long a session waits for a store that is being replaced
     * @param numbers of torrents, for all engines
     */
    EngineKeeper(Duration storePatience, TorrentNumbers numbers) {
        store = new StateStoreSlot(storePatience);
        succession = new Succession(numbers);
    }

    Optional<Engine> engine() {
        return Optional.ofNullable(running).map(EngineFactory.Running::engine);
    }

    CompletionStage<Engine> start(EngineStart start) {
        if (start.stateDirectory().isEmpty()) {
            return begin(start);
        }
        // Not on the worker: whoever brings the store may have to bring a factory or to take one
        // away before, and that is the worker's business.
        return store.present().thenCompose(there -> begin(start));
    }

    private CompletionStage<Engine> begin(EngineStart start) {
        return submit(() -> {
            if (wanted != null) {
                throw new EngineException(
                        Code.ENGINE_ALREADY_RUNNING, "an engine is already running");
            }
            KeptSession session = KeptSession.open(start.stateDirectory(), store);
            Wanted asked = new Wanted(session.settings(start.settings()), session);
            try {
                Engine engine = launch(asked);
                wanted = asked;
                return engine;
            } finally {
                if (wanted == null) {
                    session.close();
                }
            }
        });
    }

    CompletionStage<Void> stop() {
        return submit(() -> {
            Wanted current = wanted;
            if (current == null) {
                throw new EngineException(Code.ENGINE_NOT_RUNNING, "no engine is running");
            }
            wanted = null;
            boolean closed = land(EngineFactory.Running::close);
            current.session().close();
            if (!closed) {
                throw new EngineException(
                        Code.INTERNAL, "the engine did not close in order, see the log");
            }
            return null;
        });
    }

    Subscription watch(Consumer<Optional<Engine>> listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }

    /**
     * Does not wait for anything: the caller may be about to bring what the worker waits for. The
     * old one leaves only when the worker has changed over.
     */
    void factoryCame(EngineFactory arrived) {
        retire(latest.getAndSet(arrived));
        var _ = submit(this::changedOver);
        var _ = submit(this::resumed);
    }

    private static void retire(@Nullable EngineFactory old) {
        if (old != null) {
            old.retire();
        }
    }

    /** Returns when nothing that the factory made runs any more. */
    void factoryLeft(EngineFactory gone) {
        if (worker.isShutdown()) {
            return; // Declarative services take the references back after the end, too.
        }
        latest.compareAndSet(gone, null);
        gone.retire();
        await(submit(this::changedOver), HOLD_SECONDS);
    }

    /** The newer one may start before the older one goes: only the latest is used. */
    private Void changedOver() {
        EngineFactory next = latest.get();
        if (!Objects.equals(next, factory)) {
            suspend();
            factory = next;
        }
        return null;
    }

    void storeCame(StateStore arrived) {
        store.came(arrived);
    }

    void storeLeft(StateStore gone) {
        store.left(gone);
    }

    /** Stops the engine and ends. Idempotent. */
    @Override
    public void close() {
        if (worker.isShutdown()) {
            return;
        }
        // Who waits for a part waits in vain, as none comes here any more.
        store.end();
        retire(latest.get());
        await(submit(this::ended), HOLD_SECONDS);
        worker.shutdown();
    }

    private Void ended() {
        Wanted current = wanted;
        wanted = null;
        try {
            land(EngineFactory.Running::close);
        } finally {
            if (current != null) {
                current.session().close();
            }
        }
        return null;
    }

    private Engine launch(Wanted session) {
        EngineFactory maker = factory;
        if (maker == null) {
            throw new EngineException(Code.ENGINE_NOT_RUNNING, "no engine is installed");
        }
        session.session().patient(false); // the worker must be there for others
        EngineFactory.Running started =
                maker.start(session.settings(), Optional.of(session.session()), succession);
        session.session().patient(true);
        running = started;
        tell(Optional.of(started.engine()));
        return started.engine();
    }

    /**
     * Closes the running engine, if any.
     *
     * @param how for good, or for a successor
     * @return false when it did not close in order, or not in time
     */
    private boolean land(Function<EngineFactory.Running, CompletionStage<Void>> how) {
        EngineFactory.Running current = running;
        if (current == null) {
            return true;
        }
        running = null;
        tell(Optional.empty());
        store.lastCall(true);
        try {
            return await(how.apply(current), WAIT_SECONDS);
        } finally {
            store.lastCall(false);
        }
    }

    /** Closes the engine but keeps what is wanted, as it is now. */
    private void suspend() {
        EngineFactory.Running current = running;
        Wanted before = wanted;
        if (current == null || before == null) {
            return;
        }
        Settings now = current.engine().settings();
        Settings samePort = samePort(now, current.engine().status().listenPort());
        wanted = new Wanted(now.overlaid(samePort), before.session());
        // What it saves on its way is not the successor's yet.
        boolean inOrder = land(EngineFactory.Running::suspend);
        before.session().handOver(inOrder);
        before.session().ask(samePort);
    }

    /** What has the successor listen where its predecessor did; peers and trackers know that. */
    private static Settings samePort(Settings settings, int port) {
        if (settings.get(NetworkSettings.PEER_PORT_RANDOM_ON_START)) {
            return Settings.EMPTY // drawn from one
                    .with(NetworkSettings.PEER_PORT_RANDOM_LOW, port)
                    .with(NetworkSettings.PEER_PORT_RANDOM_HIGH, port);
        }
        return settings.get(NetworkSettings.PEER_PORT) == 0
                ? Settings.EMPTY.with(NetworkSettings.PEER_PORT, port)
                : Settings.EMPTY;
    }

    /** Goes on with the session that is wanted, if there is one, now or as soon as it can. */
    private Void resumed() {
        Wanted current = wanted;
        if (current != null && running == null && factory != null) {
            try {
                launch(current);
            } catch (EngineException e) {
                log.warn("the engine did not come back yet: {}", e.getMessage());
                retryLater();
            } catch (RuntimeException e) {
                log.error("the engine did not come back", e);
                retryLater();
            }
        }
        return null;
    }

    private void retryLater() {
        if (!retrying) {
            retrying = true;
            CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> {
                        var _ = submit(this::retried);
                    });
        }
    }

    private Void retried() {
        retrying = false;
        return resumed();
    }

    private void tell(Optional<Engine> engine) {
        for (Consumer<Optional<Engine>> watcher : watchers) {
            try {
                watcher.accept(engine);
            } catch (RuntimeException e) {
                // Whatever is wrong with a listener, the engine is closed and others are told.
                log.error("a watcher of engines failed", e);
            }
        }
    }

    private <T> CompletableFuture<T> submit(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, worker);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new EngineException(Code.ENGINE_NOT_RUNNING, "the process is ending", e));
        }
    }

    /**
     * Waits, bounded: a bundle that leaves must not be held up by a hanging engine.
     *
     * @return whether it came to its end in order
     */
    private static boolean await(CompletionStage<?> stage, int seconds) {
        try {
            stage.toCompletableFuture().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            log.warn("the engine did not close within {} s", seconds);
        } catch (ExecutionException e) {
            log.warn("the engine did not close in order", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
