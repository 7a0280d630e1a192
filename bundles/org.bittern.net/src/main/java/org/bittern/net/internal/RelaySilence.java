package org.bittern.net.internal;

import java.util.concurrent.TimeUnit;

/**
 * How long datagrams have gone to a proxy and none has come. One that was restarted, or that a
 * router on the way has forgotten us for, ends no association: it says nothing. Thread-safe.
 */
final class RelaySilence {
    /** So long something may go out without an answer before the proxy is asked anew. */
    static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

    // Guarded by this, for moments only: any loop may send.
    private boolean unanswered;
    private long sinceNanos;

    /**
     * A datagram goes out.
     *
     * @param now monotonic nanoseconds
     * @return whether nothing has come for too long
     */
    synchronized boolean sent(long now) {
        if (!unanswered) {
            unanswered = true;
            sinceNanos = now;
        }
        return now - sinceNanos >= LIMIT_NANOS;
    }

    /** A datagram has come. */
    synchronized void heard() {
        unanswered = false;
    }
}
