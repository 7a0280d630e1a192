package org.bittern.engine.internal.limits;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;

/**
 * A rate that torrents share by weight. Thread-safe; each {@link Portion} belongs to the loop of
 * its torrent.
 *
 * <p>The bucket deals out in turn, which is a fair share for everybody. Only while torrents of
 * different weights are hungry, that is, were refused bytes lately, each of them gets a credit that
 * grows with its part of the rate, and takes no more than that from the bucket. Who wants less than
 * his part is not hungry and does not count: what he leaves, the others get.
 */
public final class SharedLimit {
    /** Who was refused so long ago is not hungry any more. */
    private static final long HUNGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Credit grows to what its part of the rate gives in this time. */
    private static final double MOST_CREDIT_SECONDS = 0.25;

    private static final double LEAST_CREDIT_BYTES = 16_384;

    /** Below this part of a second's worth it is not worth asking. */
    private static final double GRAIN_SECONDS = 1.0 / 64;

    private final RateBucket bucket;
    private final LongSupplier nanoTime;
    private final Set<Portion> hungry = ConcurrentHashMap.newKeySet();
    private volatile long rate;

    /**
     * @param bucket whose bytes are shared
     */
    public SharedLimit(RateBucket bucket, LongSupplier nanoTime) {
        this.bucket = bucket;
        this.nanoTime = nanoTime;
    }

    /**
     * Changes the rate at once.
     *
     * @param bytesPerSecond 0 = no limit
     */
    public void rate(long bytesPerSecond) {
        rate = bytesPerSecond;
        bucket.rate(bytesPerSecond);
    }

    /**
     * The part of one torrent.
     *
     * @param weight compared with that of others, 1 or more
     */
    public RateLimit portion(int weight) {
        return new Portion(weight);
    }

    /** Where a torrent asks. Owned by its loop, but for the two volatile fields. */
    private final class Portion implements RateLimit {
        private final int weight;
        private volatile long hungryNanos;
        private double credit;
        private double part; // of the rate; 1 while nobody else counts
        private long grownNanos;
        private boolean weighed;

        Portion(int weight) {
            this.weight = weight;
            grownNanos = nanoTime.getAsLong();
        }

        @Override
        public int take(int wanted) {
            weigh(nanoTime.getAsLong());
            int most = weighed ? (int) Math.clamp(credit, 0, wanted) : wanted;
            if (most < Math.min(wanted, grain())) {
                refused();
                return 0;
            }
            int got = bucket.take(most);
            credit -= got;
            if (got < wanted) {
                refused();
            }
            return got;
        }

        @Override
        public void giveBack(int bytes) {
            credit += bytes;
            bucket.giveBack(bytes);
        }

        @Override
        public long nanosUntilMore() {
            if (weighed && credit < grain()) {
                double perNano = rate * part / NANOS_PER_SECOND;
                return Math.max(1, (long) ((grain() - credit) / perNano));
            }
            return bucket.nanosUntilMore();
        }

        private double grain() {
            return Math.clamp(rate * part * GRAIN_SECONDS, 1, LEAST_CREDIT_BYTES);
        }

        /**
         * Who still has credit only came at a bad moment: he gets his part without anybody's help.
         */
        private void refused() {
            if (credit < grain()) {
                hungryNanos = nanoTime.getAsLong();
                hungry.add(this);
            }
        }

        /** Finds out who else is hungry, and lets the credit grow. */
        private void weigh(long now) {
            hungry.removeIf(other -> now - other.hungryNanos > HUNGER_NANOS);
            long sum = hungry.contains(this) ? 0 : weight;
            boolean uneven = false;
            for (Portion other : hungry) {
                sum += other.weight;
                uneven |= other.weight != weight;
            }
            weighed = uneven && rate > 0;
            part = (double) weight / Math.max(weight, sum);
            double most = Math.max(LEAST_CREDIT_BYTES, rate * part * MOST_CREDIT_SECONDS);
            double grown = (now - grownNanos) / NANOS_PER_SECOND * rate * part;
            credit = Math.clamp(credit + grown, -most, most);
            grownNanos = now;
        }
    }
}
