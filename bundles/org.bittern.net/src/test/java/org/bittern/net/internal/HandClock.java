package org.bittern.net.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test turns by hand. It starts shortly before the counter of nanoseconds wraps. */
final class HandClock implements Ticker {
    private static final long START = Long.MAX_VALUE - Duration.ofMillis(3).toNanos();

    private final AtomicLong nanos = new AtomicLong(START);

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos.get() - START);
    }

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    void advanceNanos(long by) {
        nanos.addAndGet(by);
    }
}
