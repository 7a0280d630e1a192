package org.bittern.tracker.internal;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * When a tracker may get the next request of us for one torrent, whatever anybody asks for.
 * Thread-safe: a torrent that is stopped and started again may have moved to another loop.
 */
final class AnnounceBudget {
    /** Requests within {@link #WINDOW_NANOS}. */
    static final int MAX_REQUESTS = 6;

    /** One second more than the seven that were promised, since requests travel unevenly. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** So long a goodbye is waited for before the torrent may start again. */
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ArrayDeque<Long> sent = new ArrayDeque<>(MAX_REQUESTS + 1);
    private int holders;
    private int holder; // 0 when who held it has nothing more to say
    private int lastAnnounces;
    private int goodbyes;
    private long goodbyeNanos;

    /**
     * How long to wait before sending.
     *
     * @param requests how many are to be sent
     * @param reserve how many must be possible at once after that
     * @return nanoseconds, 0 for now
     */
    synchronized long waitNanos(long now, int requests, int reserve) {
        forget(now);
        if (goodbyes > 0 && now - goodbyeNanos < GOODBYE_NANOS) {
            return LOOK_AGAIN_NANOS;
        }
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

    /**
     * Somebody announces by this from now on.
     *
     * @return who that is to the other methods
     */
    synchronized int hold() {
        holders++;
        holder = holders;
        return holder;
    }

    /** The torrent stops while an announce is under way: its goodbye comes after that. */
    synchronized void lastAnnounceBegins() {
        lastAnnounces++;
    }

    /** That announce was answered or has failed. */
    synchronized void lastAnnounceEnds() {
        lastAnnounces--;
    }

    /** Who holds it leaves without a goodbye: that of who held it before would be true again. */
    synchronized void release(int who) {
        if (holder == who) {
            holder = 0;
        }
    }

    /**
     * Goodbyes are under way: if the torrent starts again meanwhile, its next announce must not
     * overtake them, or the tracker would take us for gone.
     *
     * @return false when it has started again already: a goodbye would be of the past
     */
    synchronized boolean goodbyesBegin(int who, int count, long now) {
        if (holder != 0 && holder != who) {
            return false;
        }
        goodbyes += count;
        goodbyeNanos = now;
        return true;
    }

    /** A goodbye was taken or has failed. */
    synchronized void goodbyeEnds() {
        goodbyes--;
    }

    /** Whether nothing was sent lately, and nothing that is under way is followed by a goodbye. */
    synchronized boolean isFull(long now) {
        forget(now);
        return sent.isEmpty() && lastAnnounces == 0;
    }

    private void forget(long now) {
        while (!sent.isEmpty() && now - sent.element() >= WINDOW_NANOS) {
            sent.remove();
        }
    }
}
