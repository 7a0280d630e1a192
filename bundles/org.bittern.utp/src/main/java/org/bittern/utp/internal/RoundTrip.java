package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/**
 * How long packets take there and back, and how long to wait for an ack (BEP 29, "timeouts"). Owned
 * by its stream.
 */
final class RoundTrip {
    /** Before anything was measured. */
    static final long FIRST_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final long LEAST_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    static final long MOST_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int AVERAGE_SHIFT = 3;
    private static final int VARIANCE_SHIFT = 2;
    private static final int MAX_DOUBLINGS = 10;

    private long average; // 0 until there is a sample
    private long variance;
    private int doublings;

    /** A packet that was sent once took so long until it was acked. */
    void sample(long nanos) {
        long sample = Math.max(1, nanos);
        if (average == 0) {
            average = sample;
            variance = sample / 2;
        } else {
            variance += (Math.abs(average - sample) - variance) >> VARIANCE_SHIFT;
            average += (sample - average) >> AVERAGE_SHIFT;
        }
    }

    /** Something was acked that had not been: the other side is there. */
    void progress() {
        doublings = 0;
    }

    /** Nothing was acked in time: the next wait is twice as long. */
    void timedOut() {
        doublings = Math.min(MAX_DOUBLINGS, doublings + 1);
    }

    /** Waits in a row that ended without an ack. */
    int timeouts() {
        return doublings;
    }

    /** The average in nanoseconds, 0 while unknown. */
    long averageNanos() {
        return average;
    }

    long timeoutNanos() {
        long base =
                average == 0
                        ? FIRST_TIMEOUT_NANOS
                        : Math.max(LEAST_TIMEOUT_NANOS, average + (variance << VARIANCE_SHIFT));
        return Math.min(MOST_TIMEOUT_NANOS, base << doublings);
    }
}
