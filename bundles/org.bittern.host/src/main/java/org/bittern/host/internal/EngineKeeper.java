package org.bittern.host.internal;

import java.util.List;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost.EngineStart;
import org.bittern.spi.engine.EngineFactory;
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

    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bt-host").factory());
    private final List<Consumer<Optional<Engine>>> watchers = new CopyOnWriteArrayList<>();
    private final StateStoreSlot store = new StateStoreSlot();

    private volatile EngineFactory.@Nullable Running running;
    private volatile @Nullable EngineFactory factory; // written by the worker
    private @Nullable Wanted wanted; // null when nobody asked for an engine
    private boolean retrying;

    /** A session that somebody started and nobody stopped. */
    private record Wanted(Settings settings, KeptSession session) {}

    Optional<Engine> engine() {
        return Optional.ofNullable(running).map(EngineFactory.Running::engine);
    }

    CompletionStage<Engine> start(EngineStart start) {
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
            land();
            current.session().close();
            return null;
        });
    }

    Subscription watch(Consumer<Optional<Engine>> listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }

    void factoryCame(EngineFactory arrived) {
        retire(factory);
        await(
                submit(() -> {
                    // The newer one may start before the older one goes: change over now.
                    suspend();
                    factory = arrived;
                    return null;
                }));
        // Not waited for: what the engine needs may come only after the caller has gone on.
        var _ = submit(this::resumed);
    }

    private static void retire(@Nullable EngineFactory old) {
        if (old != null) {
            old.retire();
        }
    }

    void factoryLeft(EngineFactory gone) {
        if (worker.isShutdown()) {
            return; // Declarative services take the references back after the end, too.
        }
        gone.retire();
        await(
                submit(() -> {
                    if (gone.equals(factory)) {
                        suspend();
                        factory = null;
                    }
                    return null;
                }));
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
        await(
                submit(() -> {
                    Wanted current = wanted;
                    wanted = null;
                    land();
                    if (current != null) {
                        current.session().close();
                    }
                    return null;
                }));
        worker.shutdown();
    }

    private Engine launch(Wanted session) {
        EngineFactory maker = factory;
        if (maker == null) {
            throw new EngineException(Code.ENGINE_NOT_RUNNING, "no engine is installed");
        }
        EngineFactory.Running started =
                maker.start(session.settings(), Optional.of(session.session()));
        running = started;
        tell(Optional.of(started.engine()));
        return started.engine();
    }

    /** Closes the running engine, if any. */
    private void land() {
        EngineFactory.Running current = running;
        if (current == null) {
            return;
        }
        running = null;
        tell(Optional.empty());
        await(current.close());
    }

    /** Closes the engine but keeps what is wanted, as it is now. */
    private void suspend() {
        EngineFactory.Running current = running;
        Wanted before = wanted;
        if (current == null || before == null) {
            return;
        }
        Settings now = current.engine().settings();
        if (now.get(NetworkSettings.PEER_PORT) == 0) {
            now = now.with(NetworkSettings.PEER_PORT, current.engine().status().listenPort());
        }
        wanted = new Wanted(now, before.session());
        land();
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
        watchers.forEach(watcher -> watcher.accept(engine));
    }

    private <T> CompletableFuture<T> submit(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, worker);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new EngineException(Code.ENGINE_NOT_RUNNING, "the process is ending", e));
        }
    }

    /** Waits, bounded: a bundle that leaves must not be held up by a hanging engine. */
    private static void await(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("the engine did not close within {} s", WAIT_SECONDS);
        } catch (ExecutionException e) {
            log.warn("the engine did not close in order", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
