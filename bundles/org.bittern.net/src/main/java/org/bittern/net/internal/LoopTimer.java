package org.bittern.net.internal;

import org.bittern.spi.net.EventLoop;

/**
 * One scheduled task. Its place in the heap is owned by the loop; only {@link #cancel} may be
 * called from elsewhere. It is itself the task that puts it into the heap when another thread
 * scheduled it.
 */
final class LoopTimer implements EventLoop.Timer, Runnable {
    /** {@link #place} of a timer that is not in the heap. */
    static final int NOWHERE = -1;

    /** When it is due, in the loop's nanoseconds. */
    final long deadlineNanos;

    /** Index in the heap; written by {@link TimerHeap} only. */
    int place = NOWHERE;

    /** Order among equal deadlines; written by {@link TimerHeap} only. */
    long order;

    private final SelectorLoop loop;
    private final Runnable task;
    private volatile boolean over;

    LoopTimer(SelectorLoop loop, long deadlineNanos, Runnable task) {
        this.loop = loop;
        this.deadlineNanos = deadlineNanos;
        this.task = task;
    }

    @Override
    public void cancel() {
        if (over) {
            return;
        }
        over = true;
        if (loop.inLoop()) {
            loop.forget(this);
        } else {
            loop.executeIfAlive(() -> loop.forget(this));
        }
    }

    /** Joins the heap, unless it was cancelled on the way. */
    @Override
    public void run() {
        if (!over) {
            loop.enlist(this);
        }
    }

    /** Runs the task, unless it was cancelled. Loop only. */
    void fire() {
        if (!over) {
            over = true;
            task.run();
        }
    }
}
