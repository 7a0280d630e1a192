package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bittern.api.engine.EngineException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what changes a session as a whole, one thing after the other: adding, removing, settings.
 * These may touch directories and sockets, which a loop must not: so a thread does them, which
 * lives while there is something. What is queued while the session starts waits for {@link #begin}.
 * Thread-safe; a lock and not a loop, because commands may block.
 */
final class Clerk {
    private static final Logger log = LoggerFactory.getLogger(Clerk.class);

    /** Commands that may wait; one more is refused with BUSY. */
    private static final int MOST_WAITING = 20_000;

    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean working = true; // somebody is at it: at first who starts the session
    private volatile boolean closed;

    Clerk(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Who has started the session has done its part: from now on what is queued is done. */
    void begin() {
        surroundings.startOnFiles("bt-clerk", this::work);
    }

    /**
     * Queues a command.
     *
     * @param answer gets its result, or the EngineException that it threw
     */
    <T> void ask(Supplier<CompletableFuture<T>> command, CompletableFuture<T> answer) {
        if (closed) {
            answer.completeExceptionally(notRunning());
        } else if (!offer(() -> answer(command, answer))) {
            answer.completeExceptionally(
                    new EngineException(
                            EngineException.Code.BUSY,
                            MOST_WAITING + " commands are waiting, try again later"));
        }
    }

    /** Queues something without an answer; dropped when too much is waiting. */
    void tell(Runnable command) {
        if (!closed && !offer(command)) {
            log.warn("a notice was dropped, {} commands are waiting", MOST_WAITING);
        }
    }

    /** Done as soon as all that is queued now has been done; also when nothing more is taken. */
    CompletableFuture<Void> caughtUp() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue(() -> done.complete(null), Integer.MAX_VALUE);
        return done;
    }

    /**
     * Takes nothing more.
     *
     * @param last done after what is queued, however much that is
     */
    void close(Runnable last) {
        closed = true;
        queue(last, Integer.MAX_VALUE);
    }

    private boolean offer(Runnable command) {
        return queue(command, MOST_WAITING);
    }

    private boolean queue(Runnable command, int most) {
        lock.lock();
        try {
            if (waiting.size() >= most) {
                return false;
            }
            waiting.addLast(command);
            if (!working) {
                working = true;
                surroundings.startOnFiles("bt-clerk", this::work);
            }
            return true;
        } finally {
            lock.unlock();
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
        } catch (RuntimeException | LinkageError e) {
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
        for (Runnable next = take(); next != null; next = take()) {
            run(next);
        }
    }

    /** The next command, or null when there is none: then nobody works any more. */
    private @Nullable Runnable take() {
        lock.lock();
        try {
            Runnable next = waiting.pollFirst();
            working = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** What is told of may be a part that has gone since, with classes that it never loaded. */
    private static void run(Runnable command) {
        try {
            command.run();
        } catch (RuntimeException | LinkageError e) {
            log.error("a notice failed", e);
        }
    }

    static EngineException notRunning() {
        return new EngineException(EngineException.Code.ENGINE_NOT_RUNNING, "the engine is closed");
    }
}
