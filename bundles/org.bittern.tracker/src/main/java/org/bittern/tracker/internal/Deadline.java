package org.bittern.tracker.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of the time that an exchange over HTTP may take, in real time. Immutable. */
final class Deadline {
    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    static Deadline after(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /**
     * What is left in milliseconds, 1 or more, as sockets want it.
     *
     * @throws TrackerException nothing is left
     */
    int remainingMillis() throws TrackerException {
        long left = TimeUnit.NANOSECONDS.toMillis(atNanos - System.nanoTime());
        if (left < 1) {
            throw new TrackerException("timed out");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
