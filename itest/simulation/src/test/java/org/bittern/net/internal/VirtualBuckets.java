package org.bittern.net.internal;

import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;

/** Opens the bundle's token buckets to simulations. */
public final class VirtualBuckets {
    private VirtualBuckets() {}

    /** A real bucket on the clock of a simulation. */
    public static RateBucket bucket(
            LongSupplier nanoTime, Supplier<Instant> now, long bytesPerSecond, RateLimit parent) {
        Ticker ticker =
                new Ticker() {
                    @Override
                    public long nanoTime() {
                        return nanoTime.getAsLong();
                    }

                    @Override
                    public Instant now() {
                        return now.get();
                    }
                };
        return new TokenBucket(ticker, bytesPerSecond, parent);
    }
}
