package org.bittern.utp.internal;

import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The timer of a connection. It may fire too early, never too late: most deadlines move before they
 * come, and a timer that is left alone costs nothing. Owned by the loop of its connection.
 */
final class Alarm {
    private final Runnable task;
    private EventLoop.@Nullable Timer timer; // null while none is set
    private long nanos; // when it fires

    Alarm(Runnable task) {
        this.task = task;
    }

    /** Makes sure that it fires in time. */
    void within(EventLoop loop, long waitNanos) {
        long now = loop.nanoTime();
        if (timer != null) {
            if (nanos - now <= waitNanos) {
                return;
            }
            timer.cancel();
        }
        nanos = now + waitNanos;
        timer = loop.schedule(waitNanos, this::fire);
    }

    private void fire() {
        timer = null;
        task.run();
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
