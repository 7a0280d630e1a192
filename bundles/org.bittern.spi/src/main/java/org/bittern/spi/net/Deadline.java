package org.bittern.spi.net;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The end of the time that an exchange over blocking sockets may take as a whole, however many
 * reads it needs. Immutable.
 */
public final class Deadline {
    private final LongSupplier nanoTime;
    private final long atNanos;

    private Deadline(LongSupplier nanoTime, long atNanos) {
        this.nanoTime = nanoTime;
        this.atNanos = atNanos;
    }

    /** So long from now, in real time. */
    public static Deadline after(Duration time) {
        return after(time, System::nanoTime);
    }

    /**
     * So long from now.
     *
     * @param nanoTime monotonic nanoseconds, as of {@link System#nanoTime}
     */
    public static Deadline after(Duration time, LongSupplier nanoTime) {
        return new Deadline(nanoTime, nanoTime.getAsLong() + time.toNanos());
    }

    /**
     * What is left in milliseconds, 1 or more: to a socket 0 means for ever.
     *
     * @throws SocketTimeoutException nothing is left
     */
    public int millisLeft() throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(atNanos - nanoTime.getAsLong());
        if (left < 1) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
