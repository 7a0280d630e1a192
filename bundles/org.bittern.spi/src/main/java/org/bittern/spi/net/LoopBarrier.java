package org.bittern.spi.net;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Waits until loops have done what they were asked for so far. For whoever leaves or lets somebody
 * leave: code of a bundle that is gone must not run any more, since it may need classes that were
 * never loaded.
 */
public final class LoopBarrier {
    /** A loop that takes longer hangs; nobody is held up by it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private LoopBarrier() {}

    /**
     * Waits for tasks that were queued before, and for what those have queued on their own loop.
     * Never on a loop.
     *
     * @return false when a loop did not come to it in a second
     */
    public static boolean pass(Collection<? extends EventLoop> loops) {
        CountDownLatch left = new CountDownLatch(loops.size());
        for (EventLoop loop : loops) {
            onLoop(loop, () -> onLoop(loop, left::countDown, left), left);
        }
        try {
            return left.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A loop that has stopped has nothing left to do. */
    private static void onLoop(EventLoop loop, Runnable step, CountDownLatch left) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException _) {
            left.countDown();
        }
    }
}
