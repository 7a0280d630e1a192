package org.bittern.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Where measurements get their time from; tests give them one that they turn by hand. */
public interface Ticker {
    /** Monotonic nanoseconds; compare differences only. Any thread. */
    long nanoTime();

    /** Lets this time pass for the calling thread. */
    void pause(Duration time) throws InterruptedException;

    /** New looks, of which none is taken yet. */
    Looks looks();

    /** Looks that are taken again and again, on one thread, until they are closed. */
    interface Looks extends AutoCloseable {
        /** Takes a look now and after each period. */
        void every(Duration period, Runnable look);

        @Override
        void close();
    }

    /**
     * Waits for something.
     *
     * @param patience how long at the most
     * @param poll between two looks at it
     * @param complaint what to say when it does not come
     * @throws TimeoutException it has not come
     */
    default void await(
            BooleanSupplier condition, Duration patience, Duration poll, String complaint)
            throws InterruptedException, TimeoutException {
        long begin = nanoTime();
        while (!condition.getAsBoolean()) {
            if (nanoTime() - begin > patience.toNanos()) {
                throw new TimeoutException(complaint + " in " + patience.toSeconds() + " s");
            }
            pause(poll);
        }
    }

    /** The clock of the machine. */
    Ticker SYSTEM =
            new Ticker() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public void pause(Duration time) throws InterruptedException {
                    TimeUnit.NANOSECONDS.sleep(time.toNanos());
                }

                @Override
                public Looks looks() {
                    return new ScheduledLooks();
                }
            };
}
