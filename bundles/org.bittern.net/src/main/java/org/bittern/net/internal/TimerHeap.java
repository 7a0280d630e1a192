package org.bittern.net.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scheduled tasks of one loop, earliest first; equal deadlines in the order of scheduling. Owned by
 * its loop; not thread-safe.
 *
 * <p>A binary heap in an array in which each timer knows its index: a cancelled timer leaves at
 * once in O(log n), so the many timeouts that never fire hold neither memory nor the loop's sleep.
 * (Knuth, TAOCP vol. 3, 5.2.3.)
 */
final class TimerHeap {
    private static final int INITIAL_PLACES = 64;

    private @Nullable LoopTimer[] heap = new LoopTimer[INITIAL_PLACES];
    private int size;
    private long orders;

    int size() {
        return size;
    }

    void add(LoopTimer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        timer.order = orders++;
        siftUp(size++, timer);
    }

    /** Harmless when the timer is not here. */
    void remove(LoopTimer timer) {
        int hole = timer.place;
        if (hole == LoopTimer.NOWHERE) {
            return;
        }
        timer.place = LoopTimer.NOWHERE;
        size--;
        LoopTimer last = at(size);
        heap[size] = null;
        if (last == timer) {
            return;
        }
        if (hole > 0 && before(last, at((hole - 1) >>> 1))) {
            siftUp(hole, last);
        } else {
            siftDown(hole, last);
        }
    }

    /** Takes out the earliest timer if it is due, else null. */
    @Nullable LoopTimer pollDue(long nowNanos) {
        if (size == 0) {
            return null;
        }
        LoopTimer first = at(0);
        if (first.deadlineNanos - nowNanos > 0) {
            return null;
        }
        remove(first);
        return first;
    }

    /**
     * Nanoseconds until the earliest is due, 0 when it is; {@link Long#MAX_VALUE} without timers.
     */
    long nanosUntilNext(long nowNanos) {
        return size == 0 ? Long.MAX_VALUE : Math.max(0, at(0).deadlineNanos - nowNanos);
    }

    private void siftUp(int from, LoopTimer timer) {
        int hole = from;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            LoopTimer above = at(parent);
            if (!before(timer, above)) {
                break;
            }
            put(hole, above);
            hole = parent;
        }
        put(hole, timer);
    }

    private void siftDown(int from, LoopTimer timer) {
        int hole = from;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && before(at(child + 1), at(child))) {
                child++;
            }
            LoopTimer below = at(child);
            if (!before(below, timer)) {
                break;
            }
            put(hole, below);
            hole = child;
        }
        put(hole, timer);
    }

    private void put(int place, LoopTimer timer) {
        heap[place] = timer;
        timer.place = place;
    }

    private LoopTimer at(int place) {
        LoopTimer timer = heap[place];
        if (timer == null) {
            throw new IllegalStateException("no timer at " + place + " of " + size);
        }
        return timer;
    }

    private static boolean before(LoopTimer a, LoopTimer b) {
        long difference = a.deadlineNanos - b.deadlineNanos;
        return difference < 0 || (difference == 0 && a.order < b.order);
    }
}
