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
 * different weights are refused bytes, each of them has a credit that grows with its part of the
 * rate, and takes no more than that from the bucket. When bytes are left over all the same, because
 * somebody does not want his part, credit does not count.
 */
public final class SharedLimit {
    /** Who was refused so long ago does not wait for bytes any more. */
    private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Credit grows to what its part of the rate gives in this time. */
    private static final double MOST_CREDIT_SECONDS = 0.25;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** What is left over is counted up to what the rate gives in this time. */
    private static final double LEFT_SECONDS = 0.1;

    private static final double LEAST_CREDIT_BYTES = 16_384;

    /** Below this part of a second's worth it is not worth asking. */
    private static final double GRAIN_SECONDS = 1.0 / 64;

    private final RateBucket bucket;
    private final LongSupplier nanoTime;
    private final Set<Portion> waiting = ConcurrentHashMap.newKeySet();
    private volatile long rate;
    private double left; // bytes that nobody took; guarded by this, as are the nanoseconds
    private long leftNanos;

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

    /** Bytes per second, 0 = no limit. */
    long rate() {
        return rate;
    }

    /** Notes what was taken. A lock and not a loop: torrents of all loops share the rate. */
    private synchronized void taken(long now, int bytes) {
        double most = rate * LEFT_SECONDS;
        left = Math.clamp(left + (now - leftNanos) / NANOS_PER_SECOND * rate - bytes, -most, most);
        leftNanos = now;
    }

    /** Whether more is left over than comes from waiting in turn. */
    private synchronized boolean plenty(long now) {
        return left + (now - leftNanos) / NANOS_PER_SECOND * rate > rate * LEFT_SECONDS / 2;
    }

    /**
     * The part of one torrent.
     *
     * @param weight compared with that of others, 1 or more
     */
    public RateLimit portion(int weight) {
        return new Portion(weight);
    }

    /** Where a torrent asks. Owned by its loop, but for when it was refused. */
    private final class Portion implements RateLimit {
        private final int weight;
        private volatile long refusedNanos;
        private double credit;
        private double part; // of the rate; 1 while nobody else waits
        private long grownNanos;
        private boolean weighed;

        Portion(int weight) {
            this.weight = weight;
            grownNanos = nanoTime.getAsLong();
        }

        @Override
        public int take(int wanted) {
            long now = nanoTime.getAsLong();
            weigh(now);
            int most = weighed ? (int) Math.clamp(credit, 0, wanted) : wanted;
            if (most < Math.min(wanted, grain())) {
                refused(now);
                return 0;
            }
            int got = bucket.take(most);
            credit -= got;
            taken(now, got);
            if (got < wanted) {
                refused(now);
            }
            return got;
        }

        @Override
        public void giveBack(int bytes) {
            credit += bytes;
            taken(nanoTime.getAsLong(), -bytes);
            bucket.giveBack(bytes);
        }

        @Override
        public long nanosUntilMore() {
            if (weighed && credit < grain()) {
                double perNano = rate * part / NANOS_PER_SECOND;
                long nanos = Math.max(1, (long) ((grain() - credit) / perNano));
                return Math.min(nanos, LOOK_AGAIN_NANOS); // others may leave something before
            }
            return bucket.nanosUntilMore();
        }

        private double grain() {
            return Math.clamp(rate * part * GRAIN_SECONDS, 1, LEAST_CREDIT_BYTES);
        }

        private void refused(long now) {
            refusedNanos = now;
            waiting.add(this);
        }

        /** Finds out who else waits, and lets the credit grow. */
        private void weigh(long now) {
            waiting.removeIf(other -> now - other.refusedNanos > WAITING_NANOS);
            long sum = waiting.contains(this) ? 0 : weight;
            boolean uneven = false;
            for (Portion other : waiting) {
                sum += other.weight;
                uneven |= other.weight != weight;
            }
            weighed = uneven && rate > 0 && !plenty(now);
            part = (double) weight / Math.max(weight, sum);
            double most = Math.max(LEAST_CREDIT_BYTES, rate * part * MOST_CREDIT_SECONDS);
            double grown = (now - grownNanos) / NANOS_PER_SECOND * rate * part;
            credit = Math.clamp(credit + grown, -most, most);
            grownNanos = now;
        }
    }
}
