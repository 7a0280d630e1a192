package org.bittern.spi.net;

import java.time.Instant;
import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One thread that owns torrents, their links and their connections. Nothing that runs on it may
 * block.
 *
 * <p>All methods may be called from any thread unless they say otherwise.
 */
@ProviderType
public interface EventLoop extends Executor {

    /** True on the loop's own thread. */
    boolean inLoop();

    /**
     * First statement of every method that only the owner may call.
     *
     * @throws IllegalStateException on another thread
     */
    default void assertOwner() {
        if (!inLoop()) {
            throw new IllegalStateException("called outside of " + this);
        }
    }

    /**
     * Offers a command from outside.
     *
     * @return false when too many are waiting: nothing was queued, try again later
     */
    boolean post(Runnable command);

    /**
     * Queues a completion. Never refused: use it only where the number of callers is bounded by
     * something else (blocks in flight, open files). Order of one caller is kept.
     *
     * <p>On the loop itself it costs next to nothing and runs at the end of the same turn, after
     * the sockets, the tasks of others and the timers: the place to write out what a turn has
     * queued.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has stopped
     */
    @Override
    void execute(Runnable completion);

    /**
     * Runs a task once, later, on this loop.
     *
     * @param delayNanos nanoseconds, 0 or more
     */
    Timer schedule(long delayNanos, Runnable task);

    /**
     * Monotonic time in nanoseconds; compare differences only. On the loop it is cached per turn.
     */
    long nanoTime();

    /** Wall time. */
    Instant now();

    /** Pooled direct memory of the process. */
    BufferPool buffers();

    /** A scheduled task. */
    interface Timer {
        /** Takes effect at once when called on the loop; harmless when it has run. */
        void cancel();
    }
}
