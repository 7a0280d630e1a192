package org.bittern.engine.internal;

import java.util.concurrent.TimeUnit;

/**
 * How many connections the torrents of a session may have and begin. Thread-safe: torrents of all
 * loops share it. A lock and not a loop, because the answer is needed at once; it guards three
 * numbers.
 */
final class ConnectBudget {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private int limit;
    private int perSecond;
    private int mostDialling = Integer.MAX_VALUE;
    private int open;
    private int dialling;
    private double tokens;
    private long refilledAt;
    private boolean used;

    ConnectBudget(int limit, int perSecond) {
        this.limit = limit;
        limits(limit, perSecond);
        tokens = perSecond;
    }

    /** Changes the limits; connections over the limit stay. */
    synchronized void limits(int connections, int dialsPerSecond) {
        limit = connections;
        perSecond = dialsPerSecond;
    }

    /** Changes how many dials may be under way at a time. */
    synchronized void halfOpen(int dials) {
        mostDialling = dials;
    }

    /**
     * Asks for a dial; {@link #dialled} must follow when its outcome is known.
     *
     * @return 0 when it may begin now and counts as open; else nanoseconds until asking again makes
     *     sense
     */
    synchronized long dial(long nowNanos) {
        refill(nowNanos);
        if (open >= limit || dialling >= mostDialling) {
            return SECOND;
        }
        if (tokens < 1) {
            return Math.max(1, (long) ((1 - tokens) / perSecond * SECOND));
        }
        tokens--;
        open++;
        dialling++;
        return 0;
    }

    /** A dial that was granted did not take place. */
    synchronized void refund() {
        tokens++;
        open--;
        dialling--;
    }

    /** A dial was granted and has an outcome: it is no longer under way. */
    synchronized void dialled() {
        dialling--;
    }

    /** Asks for an incoming link. */
    synchronized boolean accept() {
        if (open >= limit) {
            return false;
        }
        open++;
        return true;
    }

    /** A connection that was counted is gone. */
    synchronized void gone() {
        open--;
    }

    /** Connections that are open or being made. */
    synchronized int open() {
        return open;
    }

    private void refill(long nowNanos) {
        if (used) {
            double more = (double) (nowNanos - refilledAt) / SECOND * perSecond;
            tokens = Math.min(perSecond, tokens + Math.max(0, more));
        }
        used = true;
        refilledAt = nowNanos;
    }
}
