package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class OrchestratorTest {
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void endComesBackWhateverTheEngineDoes() {
        end(new CompletableFuture<>(), MOMENT);
        end(CompletableFuture.completedFuture(null), LONG);
        end(failed(new EngineException(Code.ENGINE_NOT_RUNNING, "none")), LONG);
        end(failed(new IllegalStateException("broken")), LONG);
    }

    @Test
    void endWaitsUntilTheEngineHasStopped() throws InterruptedException {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Thread ending = Thread.ofVirtual().start(() -> end(stopped, LONG));

        assertThat(ending.join(Duration.ofMillis(100))).isFalse();
        stopped.complete(null);
        ending.join();
    }

    private static CompletableFuture<Void> failed(Exception why) {
        return CompletableFuture.failedFuture(why);
    }

    private static void end(CompletableFuture<Void> stop, Duration patience) {
        new Orchestrator(new Stopping(stop), Path.of("/")).end(patience);
    }

    /** A host that can be asked for nothing but to stop. */
    private record Stopping(CompletableFuture<Void> result) implements EngineHost {
        @Override
        public Optional<Engine> engine() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> stop() {
            return result;
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            throw new UnsupportedOperationException();
        }
    }
}
