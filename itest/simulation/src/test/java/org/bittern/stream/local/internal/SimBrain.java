package org.bittern.stream.local.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.RangeBrain;

/** Opens the bundle's brain to simulations. */
public final class SimBrain {
    private SimBrain() {}

    /** A brain over an engine that runs on a clock of its own. */
    public static RangeBrain of(Supplier<Engine> engine, LongSupplier nanos) {
        return new TorrentBrain(new Running(engine), new Readers(nanos, new Selection()));
    }

    /** The name of a file of a torrent. */
    public static String fileId(String infoHash, int file) {
        return new FileId(infoHash, file).toString();
    }

    /** An engine that is always there. */
    private record Running(Supplier<Engine> running) implements EngineHost {
        @Override
        public Optional<Engine> engine() {
            return Optional.of(running.get());
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            return CompletableFuture.failedStage(new IllegalStateException("it runs"));
        }

        @Override
        public CompletionStage<Void> stop() {
            return CompletableFuture.failedStage(new IllegalStateException("it runs on"));
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            return () -> {};
        }
    }
}
