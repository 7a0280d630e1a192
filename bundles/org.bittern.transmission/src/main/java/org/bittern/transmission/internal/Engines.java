package org.bittern.transmission.internal;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/** The way to the engine; turns its refusals into those of the RPC. Thread-safe. */
final class Engines {
    /** The engine answers at once; a longer silence is a defect and must be seen. */
    private static final int ANSWER_SECONDS = 30;

    private final EngineHost host;

    Engines(EngineHost host) {
        this.host = host;
    }

    /** The running engine. */
    Engine require() throws RpcException {
        return host.engine().orElseThrow(Engines::unavailable);
    }

    /** Waits for the engine. */
    static <T> T await(CompletionStage<T> stage) throws RpcException {
        try {
            return outcome(stage);
        } catch (EngineException e) {
            throw refusal(e);
        }
    }

    /** Waits like {@link #await}; a torrent that was removed meanwhile is no failure. */
    static void settle(CompletionStage<?> stage) throws RpcException {
        try {
            outcome(stage);
        } catch (EngineException e) {
            if (e.code() != EngineException.Code.TORRENT_NOT_FOUND) {
                throw refusal(e);
            }
        }
    }

    private static <T> T outcome(CompletionStage<T> stage) throws RpcException {
        try {
            return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("the engine failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the engine did not answer in " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        }
    }

    /** What callers are told while there is no engine, and while one goes. */
    static RpcException unavailable() {
        return new RpcException(RpcError.INTERNAL, "engine unavailable");
    }

    static RpcException refusal(EngineException e) {
        String text = String.valueOf(e.getMessage());
        return switch (e.code()) {
            case ENGINE_NOT_RUNNING, ENGINE_ALREADY_RUNNING -> unavailable();
            case INVALID_ARGUMENT, TORRENT_NOT_FOUND, PORT_IN_USE ->
                    new RpcException(RpcError.INVALID_PARAMS, text);
            case INVALID_TORRENT -> new RpcException(RpcError.CORRUPT_TORRENT, text);
            case INVALID_PATH, UNSUPPORTED, DISK, BUSY -> new RpcException(RpcError.SYSTEM, text);
            case INTERNAL -> new RpcException(RpcError.INTERNAL, text);
        };
    }
}
