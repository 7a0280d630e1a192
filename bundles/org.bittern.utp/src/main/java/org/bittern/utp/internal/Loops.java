package org.bittern.utp.internal;

import java.util.concurrent.RejectedExecutionException;
import org.bittern.spi.net.EventLoop;

/** Handing tasks to loops that may be gone. */
final class Loops {
    private Loops() {}

    /** Runs a task on a loop; false when the loop has stopped, for then the process ends. */
    static boolean handedTo(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
