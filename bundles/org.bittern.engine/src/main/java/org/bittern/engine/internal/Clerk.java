package org.bittern.engine.internal;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.bittern.api.engine.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what changes a session as a whole, one thing after the other, on a virtual thread: adding,
 * removing, settings. These may touch directories and sockets, which a loop must not. Thread-safe.
 */
final class Clerk {
    private static final Logger log = LoggerFactory.getLogger(Clerk.class);

    /** Commands that may wait; one more is refused with BUSY. */
    private static final int MOST_WAITING = 20_000;

    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private volatile boolean closed;

    Clerk() {
        Thread.ofVirtual().name("bt-clerk").start(this::work);
    }

    /**
     * Queues a command.
     *
     * @param answer gets its result, or the EngineException that it threw
     */
    <T> void ask(Supplier<CompletableFuture<T>> command, CompletableFuture<T> answer) {
        if (closed) {
            answer.completeExceptionally(notRunning());
        } else if (!waiting.offer(() -> answer(command, answer))) {
            answer.completeExceptionally(
                    new EngineException(
                            EngineException.Code.BUSY,
                            MOST_WAITING + " commands are waiting, try again later"));
        }
    }

    /** Queues something without an answer; dropped when too much is waiting. */
    void tell(Runnable command) {
        if (!closed && !waiting.offer(command)) {
            log.warn("a notice was dropped, {} commands are waiting", MOST_WAITING);
        }
    }

    /** Ends the thread after what is queued. Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            Thread.ofVirtual().start(this::queueEnd);
        }
    }

    private void queueEnd() {
        try {
            waiting.put(Clerk::end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> void answer(
            Supplier<CompletableFuture<T>> command, CompletableFuture<T> answer) {
        try {
            var _ =
                    command.get()
                            .whenComplete((value, failure) -> {
                                if (failure == null) {
                                    answer.complete(value);
                                } else {
                                    answer.completeExceptionally(known(failure));
                                }
                            });
        } catch (EngineException e) {
            answer.completeExceptionally(e);
        } catch (RuntimeException e) {
            log.error("a command failed", e);
            answer.completeExceptionally(known(e));
        }
    }

    /** Every failure that callers see is an EngineException. */
    private static EngineException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof EngineException known
                ? known
                : new EngineException(EngineException.Code.INTERNAL, String.valueOf(cause), cause);
    }

    private void work() {
        try {
            while (!closed || !waiting.isEmpty()) {
                run(waiting.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Wakes the thread up so that it sees that it shall end. */
    private static void end() {}

    private static void run(Runnable command) {
        try {
            command.run();
        } catch (RuntimeException e) {
            log.error("a notice failed", e);
        }
    }

    static EngineException notRunning() {
        return new EngineException(EngineException.Code.ENGINE_NOT_RUNNING, "the engine is closed");
    }
}
