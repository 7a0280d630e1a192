package org.bittern.tracker.internal;

import java.util.concurrent.RejectedExecutionException;
import org.bittern.spi.net.EventLoop;

/** Hands results over to the loop of a torrent. No state, any thread. */
final class Completion {
    private Completion() {}

    /**
     * Runs a completion on the loop.
     *
     * @return false when the loop has stopped: it will not run, and the torrent is gone
     */
    static boolean on(EventLoop loop, Runnable completion) {
        try {
            loop.execute(completion);
            return true;
        } catch (RejectedExecutionException _) {
            return false;
        }
    }
}
