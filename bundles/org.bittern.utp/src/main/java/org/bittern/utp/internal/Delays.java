package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/**
 * Finds out from the timestamps of packets how long what we send waits in queues. Owned by its
 * stream.
 *
 * <p>The other side tells how much later by its clock a packet arrived than it left by ours. That
 * minus the least such value of the last minutes is the time in queues, as long as the clocks run
 * alike. Two things help when they do not: if the values of the other direction fall, our clock
 * seems to be the slower one, so ours are moved up by as much; and what exceeds the round trip
 * cannot be a queue, so a clock was set and the history begins anew.
 */
final class Delays {
    /** A clock that runs wrong does not fall by more in one step; what does is a new route. */
    static final int MAX_DRIFT_MICROS = 10_000;

    /** The delay is the least of so many samples: single late ones say nothing about queues. */
    private static final int FILTER = 4;

    private static final int SLACK_MICROS = 1_000_000;

    private final DelayHistory outward = new DelayHistory();
    private final DelayHistory inward = new DelayHistory();
    private final int[] recent = new int[FILTER];
    private int samples; // that are in recent
    private int next; // place in recent
    private int reply;

    /**
     * A packet came.
     *
     * @param timestamp of the packet
     */
    void arrived(int timestamp, long arrivedNanos) {
        reply = micros(arrivedNanos) - timestamp;
        boolean first = inward.isEmpty();
        int before = inward.base();
        inward.sample(reply, arrivedNanos);
        int fallen = before - inward.base();
        if (!first && fallen > 0 && fallen <= MAX_DRIFT_MICROS) {
            outward.shift(fallen);
        }
    }

    /** What to tell the other side about the packet that came last; 0 = none came. */
    int reply() {
        return reply;
    }

    /**
     * The other side tells about a packet of ours.
     *
     * @param difference microseconds between clocks, not 0
     * @param roundTripNanos 0 = unknown
     */
    void told(int difference, long roundTripNanos, long nowNanos) {
        outward.sample(difference, nowNanos);
        int delay = outward.above(difference);
        if (delay > TimeUnit.NANOSECONDS.toMicros(2 * roundTripNanos) + SLACK_MICROS) {
            outward.begin(difference, nowNanos);
            samples = 0;
            next = 0;
            delay = 0;
        }
        recent[next] = delay;
        next = (next + 1) % FILTER;
        samples = Math.min(FILTER, samples + 1);
    }

    /** Time in queues on the way to the other side in microseconds; -1 = not known yet. */
    int queueMicros() {
        if (samples == 0) {
            return -1;
        }
        int least = recent[0];
        for (int i = 1; i < samples; i++) {
            least = Math.min(least, recent[i]);
        }
        return least;
    }

    /** The clock of timestamps. */
    static int micros(long nanos) {
        return (int) TimeUnit.NANOSECONDS.toMicros(nanos);
    }
}
