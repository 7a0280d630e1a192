package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/**
 * When to acknowledge. Owned by its stream. What comes in order waits a moment for company, or for
 * data that the ack can travel with; what shows a gap is told at once.
 */
final class AckClock {
    /** A single packet waits so long. */
    static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** So many packets, or bytes, do not wait. */
    static final int PACKETS = 2;

    static final int BYTES = 2_048;

    private int packets;
    private int bytes;
    private boolean now;
    private boolean alone; // must not travel with data, which has no room for a selective ack
    private boolean waiting;
    private long dueNanos;

    /** A packet came in order. */
    void inOrder(int payload, long nowNanos) {
        packets++;
        bytes += payload;
        if (packets >= PACKETS || bytes >= BYTES) {
            now = true;
        } else if (!waiting) {
            waiting = true;
            dueNanos = nowNanos + DELAY_NANOS;
        }
    }

    /** The other side must hear at once. */
    void urgent() {
        now = true;
    }

    /** The other side must hear at once what is missing. */
    void gap() {
        now = true;
        alone = true;
    }

    boolean due(long nowNanos) {
        return now || (waiting && nowNanos - dueNanos >= 0);
    }

    /** When an ack is due; only meaningful while {@link #isWaiting}. */
    long dueNanos() {
        return dueNanos;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** Data was sent, which says how far everything is in order. */
    void saidWithData() {
        if (!alone) {
            said();
        }
    }

    /** An ack was sent. */
    void said() {
        packets = 0;
        bytes = 0;
        now = false;
        alone = false;
        waiting = false;
    }
}
