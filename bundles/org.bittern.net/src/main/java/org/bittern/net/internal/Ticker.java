package org.bittern.net.internal;

import java.time.Instant;

/** Where loops and buckets get their time from; tests give them one that they turn by hand. */
interface Ticker {
    /** Monotonic nanoseconds; compare differences only. Any thread. */
    long nanoTime();

    /** Wall time. Any thread. */
    Instant now();

    /** The clocks of the machine. */
    Ticker SYSTEM =
            new Ticker() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public Instant now() {
                    return Instant.now();
                }
            };
}
