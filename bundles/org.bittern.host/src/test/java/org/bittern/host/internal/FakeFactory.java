package org.bittern.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.engine.EngineFactory;
import org.bittern.spi.engine.Succession;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;

/** Makes engines that do nothing but remember how they were started and closed. */
final class FakeFactory implements EngineFactory {
    static final int REAL_PORT = 50_123;

    final List<FakeRunning> made = new CopyOnWriteArrayList<>();
    final AtomicInteger starts = new AtomicInteger();
    volatile @Nullable RuntimeException refusal;
    volatile CountDownLatch parts = new CountDownLatch(0); // what a start waits for
    volatile boolean retired;

    @Override
    public void retire() {
        retired = true;
    }

    @Override
    public Running start(Settings settings, Optional<SessionState> state, Succession succession) {
        starts.incrementAndGet();
        try {
            assertThat(parts.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        RuntimeException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        FakeRunning running = new FakeRunning(settings, state.orElseThrow(), succession.numbers());
        made.add(running);
        return running;
    }

    static final class FakeRunning implements Running {
        final SessionState state;
        final TorrentNumbers numbers;
        final List<Consumer<EngineEvent>> listeners = new ArrayList<>();
        volatile Settings settings;
        volatile boolean closed;
        volatile Runnable lastWords = () -> {}; // before it is closed, on a thread of its own

        private final Engine engine;

        FakeRunning(Settings settings, SessionState state, TorrentNumbers numbers) {
            this.settings = settings;
            this.state = state;
            this.numbers = numbers;
            engine =
                    (Engine)
                            Proxy.newProxyInstance(
                                    Engine.class.getClassLoader(),
                                    new Class<?>[] {Engine.class},
                                    (proxy, method, arguments) ->
                                            answer(method.getName(), arguments));
        }

        private Object answer(String method, Object @Nullable [] arguments) {
            return switch (method) {
                case "settings" -> settings;
                case "status" -> new EngineStatus("0", REAL_PORT, 0, 0, 0, 0, 0, 0, Instant.EPOCH);
                case "subscribe" -> {
                    @SuppressWarnings("unchecked") // the method's only parameter
                    Consumer<EngineEvent> listener =
                            (Consumer<EngineEvent>) Objects.requireNonNull(arguments)[0];
                    listeners.add(listener);
                    yield (Subscription) () -> listeners.remove(listener);
                }
                case "toString" -> "fake engine";
                case "hashCode" -> System.identityHashCode(this);
                default -> throw new AssertionError("not expected: " + method);
            };
        }

        @Override
        public Engine engine() {
            return engine;
        }

        @Override
        public CompletionStage<Void> close() {
            return CompletableFuture.runAsync(
                    () -> {
                        lastWords.run();
                        closed = true;
                    },
                    task -> Thread.ofVirtual().start(task));
        }
    }
}
