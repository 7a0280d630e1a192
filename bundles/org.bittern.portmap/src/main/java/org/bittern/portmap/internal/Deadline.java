package org.bittern.portmap.internal;

import java.util.concurrent.TimeUnit;

/** The end of the time that a gateway has, in real time, as sockets want it. Immutable. */
final class Deadline {
    private final long atNanos;

    private Deadline(long atNanos) {
        this.atNanos = atNanos;
    }

    static Deadline after(int millis) {
        return new Deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** What is left in milliseconds; 0 when nothing is. */
    int leftMillis() {
        long left = TimeUnit.NANOSECONDS.toMillis(atNanos - System.nanoTime());
        return Math.clamp(left, 0, Integer.MAX_VALUE);
    }
}
