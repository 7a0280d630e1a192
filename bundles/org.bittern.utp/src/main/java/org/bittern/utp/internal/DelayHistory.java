package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/**
 * The least delay that was seen in one direction in the last minutes: what a packet takes when no
 * queue is in its way (RFC 6817, "base delay"). Owned by its stream.
 *
 * <p>Samples are differences of two clocks that have nothing to do with each other, so only their
 * differences mean something, and they wrap around. Old minima are forgotten: routes change and
 * clocks drift.
 */
final class DelayHistory {
    static final int MINUTES = 13;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int[] minima = new int[MINUTES];
    private int count; // of minima; the last one is of the minute that is running
    private long minuteBegan;
    private int base;

    /**
     * @param micros 32 bits that wrap around
     */
    void sample(int micros, long nowNanos) {
        if (count == 0) {
            begin(micros, nowNanos);
        } else if (nowNanos - minuteBegan >= MINUTE_NANOS) {
            if (count == MINUTES) {
                System.arraycopy(minima, 1, minima, 0, --count);
            }
            minima[count++] = micros;
            minuteBegan = nowNanos;
            refresh();
        } else {
            minima[count - 1] = earlier(minima[count - 1], micros);
            base = earlier(base, micros);
        }
    }

    /** Forgets everything but this sample. */
    void begin(int micros, long nowNanos) {
        count = 1;
        minima[0] = micros;
        base = micros;
        minuteBegan = nowNanos;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The least sample. */
    int base() {
        return base;
    }

    /** How much a sample is above the least one, in microseconds; below it counts as 0. */
    int above(int micros) {
        return Math.max(0, micros - base);
    }

    /** Moves all samples: one clock was found to run faster than the other. */
    void shift(int micros) {
        for (int i = 0; i < count; i++) {
            minima[i] += micros;
        }
        base += micros;
    }

    private void refresh() {
        base = minima[0];
        for (int i = 1; i < count; i++) {
            base = earlier(base, minima[i]);
        }
    }

    private static int earlier(int one, int other) {
        return one - other < 0 ? one : other;
    }
}
