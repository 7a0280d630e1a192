package org.bittern.net.internal;

import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How tasks of other threads get to a loop, and how the loop gets to sleep. Any thread puts in; the
 * rest is the loop's.
 *
 * <p>Waking a sleeping thread costs a system call. Whoever puts in a task pays it only if the
 * thread sleeps and nobody else has woken it: the thread announces its sleep before it looks into
 * the queue a last time, others look at the announcement after they have queued, so one of the two
 * sees the other.
 */
final class Inbox {
    /** Commands of {@link #post} that may wait. */
    static final int MAX_POSTED = 65_536;

    private final Selector selector;
    private final TaskQueue tasks = new TaskQueue();
    private final AtomicInteger posted = new AtomicInteger();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private int takenPosted;

    Inbox(Selector selector) {
        this.selector = selector;
    }

    /** Puts in a command, or returns false when too many wait. */
    boolean post(Runnable command) {
        if (posted.get() >= MAX_POSTED) {
            return false;
        }
        posted.getAndIncrement();
        tasks.add(command, true);
        wake();
        return true;
    }

    void add(Runnable task) {
        tasks.add(task, false);
        wake();
    }

    /** Null when there is nothing now. */
    @Nullable Runnable poll() {
        Runnable task = tasks.poll();
        if (task != null && tasks.polledCounted()) {
            takenPosted++;
        }
        return task;
    }

    /**
     * Gives the places of the commands that were taken back: once per turn, it is shared memory.
     */
    void freePlaces() {
        if (takenPosted > 0) {
            posted.getAndAdd(-takenPosted);
            takenPosted = 0;
        }
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** From now on whoever puts something in wakes the selector; look at {@link #isEmpty} again. */
    void announceSleep() {
        asleep.set(true);
    }

    void awake() {
        asleep.set(false);
    }

    private void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }
}
