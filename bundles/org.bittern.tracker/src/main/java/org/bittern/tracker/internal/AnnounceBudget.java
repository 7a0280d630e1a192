package org.bittern.tracker.internal;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * How many requests a tracker gets of us for one torrent in a short time, whatever anybody asks
 * for. Thread-safe: a torrent that is stopped and started again may have moved to another loop.
 */
final class AnnounceBudget {
    /** Requests within {@link #WINDOW_NANOS}. */
    static final int MAX_REQUESTS = 6;

    /** One second more than the seven that were promised, since requests travel unevenly. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final ArrayDeque<Long> sent = new ArrayDeque<>(MAX_REQUESTS + 1);

    /**
     * How long to wait before sending.
     *
     * @param requests how many are to be sent
     * @param reserve how many must be possible at once after that
     * @return nanoseconds, 0 for now
     */
    synchronized long waitNanos(long now, int requests, int reserve) {
        forget(now);
        int surplus = sent.size() + requests + reserve - MAX_REQUESTS;
        if (surplus <= 0) {
            return 0;
        }
        Iterator<Long> times = sent.iterator();
        long wait = 0;
        for (int i = 0; i < surplus && times.hasNext(); i++) {
            wait = times.next() + WINDOW_NANOS - now;
        }
        return wait;
    }

    /** A request goes out. */
    synchronized void take(long now) {
        forget(now);
        sent.add(now);
    }

    /** Whether nothing was sent lately. */
    synchronized boolean isFull(long now) {
        forget(now);
        return sent.isEmpty();
    }

    private void forget(long now) {
        while (!sent.isEmpty() && now - sent.element() >= WINDOW_NANOS) {
            sent.remove();
        }
    }
}
