package org.bittern.net.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;

/**
 * A token bucket with a parent. Thread-safe, without locks.
 *
 * <p>It keeps no level that would have to be refilled, but two counters that only grow: how many
 * bytes the rate has <em>produced</em> since the bucket was made, which follows from the clock
 * alone, and how many have been <em>spent</em>. What may be moved now is the difference, never more
 * than the burst: what was produced beyond that is written off by raising the spent counter.
 * Integers of bytes lose nothing, so the average is exact however small the takes are.
 *
 * <p>Fairness: askers have no name here, so nobody can be given a share. But who is refused asks
 * when to come again, and the answers are appointments: each names the moment when one more grain
 * will have been produced than for the one before. Who keeps appointments finds his grain there,
 * and who was just served gets the appointment behind all others: a round-robin without a list.
 * While appointments are open, a take gets a grain at most. When they reach too far, so many are
 * asking that the grain is halved, and doubled again when they have gone: so the round stays short
 * enough for everybody to have an appointment of his own.
 */
final class TokenBucket implements RateBucket {
    /** What may be moved at once after idleness, in milliseconds of the rate. */
    static final int BURST_MILLIS = 100;

    /** A bucket holds at least one block, or links that move whole blocks would never move. */
    static final int LEAST_BURST_BYTES = 16_384;

    /**
     * Beyond this, products of rate and time would not fit; as good as no limit. Bytes per second.
     */
    static final long HIGHEST_RATE = 8_000_000_000L;

    /** Appointments reach at most this far: an asker that went away must not hold up the others. */
    static final int FARTHEST_SECONDS = 2;

    /**
     * A grain is what the rate produces in 1/64 s: smaller takes would cost more than they move.
     */
    private static final int GRAINS_PER_SECOND_SHIFT = 6;

    /** However many ask, a grain is not halved below this. */
    private static final int LEAST_GRAIN_BYTES = 64;

    /** Between two changes of the grain the askers must have had time to come back. */
    private static final long ADAPTING_NANOS = 250_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long UNLIMITED = 0;

    private final Ticker ticker;
    private final RateLimit parent;
    private final AtomicReference<Pace> pace;
    private final AtomicLong spent = new AtomicLong();
    private final AtomicLong appointed = new AtomicLong();

    /**
     * @param bytesPerSecond 0 = no limit of its own
     */
    TokenBucket(Ticker ticker, long bytesPerSecond, RateLimit parent) {
        this.ticker = ticker;
        this.parent = parent;
        pace = new AtomicReference<>(new Pace(checked(bytesPerSecond), 0, ticker.nanoTime(), 0));
    }

    @Override
    public void rate(long bytesPerSecond) {
        long rate = checked(bytesPerSecond);
        Pace old;
        Pace next;
        do {
            old = pace.get();
            long now = ticker.nanoTime();
            // A time without limit produced nothing and spent nothing: it leaves no burst behind.
            next = new Pace(rate, old.produced(now), now, 0);
        } while (!pace.compareAndSet(old, next));
        appointed.set(spent.get());
    }

    @Override
    public int take(int wanted) {
        if (wanted < 1) {
            throw new IllegalArgumentException("take of " + wanted + " bytes, 1 or more allowed");
        }
        int granted = takeOwn(wanted);
        if (granted == 0) {
            return granted;
        }
        int passed = parent.take(granted);
        if (passed < granted) {
            giveBackOwn(granted - passed);
        }
        return passed;
    }

    @Override
    public void giveBack(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("giving back " + bytes + " bytes");
        }
        giveBackOwn(bytes);
        parent.giveBack(bytes);
    }

    @Override
    public long nanosUntilMore() {
        Pace current = pace.get();
        if (current.rate != UNLIMITED) {
            long now = ticker.nanoTime();
            long produced = current.produced(now);
            if (produced - spent(current, produced) < current.grain()) {
                long reach = appoint(current, produced) - produced;
                adaptGrain(current, now, reach);
                return Math.max(1, current.nanosUntil(reach));
            }
        }
        return parent.nanosUntilMore();
    }

    private int takeOwn(int wanted) {
        Pace current = pace.get();
        if (current.rate == UNLIMITED) {
            return wanted;
        }
        long produced = current.produced(ticker.nanoTime());
        int grain = current.grain();
        while (true) {
            long before = spent.get();
            long floor = Math.max(before, produced - current.burst());
            long there = produced - floor;
            if (there < Math.min(wanted, grain)) {
                return 0;
            }
            int most = appointed.get() > produced ? Math.min(wanted, grain) : wanted;
            int granted = (int) Math.min(most, there);
            if (spent.compareAndSet(before, floor + granted)) {
                return granted;
            }
        }
    }

    private void giveBackOwn(int bytes) {
        if (pace.get().rate != UNLIMITED) {
            spent.addAndGet(-bytes);
        }
    }

    private long spent(Pace current, long produced) {
        return Math.max(spent.get(), produced - current.burst());
    }

    private long appoint(Pace current, long produced) {
        int grain = current.grain();
        long farthest = produced + current.farthest();
        long target;
        long before;
        do {
            before = appointed.get();
            target = Math.min(Math.max(before, spent(current, produced)) + grain, farthest);
        } while (!appointed.compareAndSet(before, target));
        return target;
    }

    private void adaptGrain(Pace current, long now, long reach) {
        if (now - current.sinceNanos < ADAPTING_NANOS) {
            return;
        }
        int halvings = current.halvings;
        if (reach >= current.farthest() && current.grain() > LEAST_GRAIN_BYTES) {
            halvings++;
        } else if (reach < current.farthest() / 4 && halvings > 0) {
            halvings--;
        } else {
            return;
        }
        // When another asker was faster, his step is the one that was due.
        pace.compareAndSet(current, new Pace(current.rate, current.produced(now), now, halvings));
    }

    private static long checked(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "rate of " + bytesPerSecond + " bytes per second, 0 or more allowed");
        }
        return Math.min(bytesPerSecond, HIGHEST_RATE);
    }

    /**
     * A rate and since when it holds.
     *
     * @param rate bytes per second, 0 = no limit
     * @param producedBefore bytes produced until {@code sinceNanos}
     * @param halvings of the grain, because so many ask
     */
    private record Pace(long rate, long producedBefore, long sinceNanos, int halvings) {

        long produced(long nowNanos) {
            long elapsed = Math.max(0, nowNanos - sinceNanos);
            long seconds = elapsed / NANOS_PER_SECOND;
            long rest = elapsed % NANOS_PER_SECOND;
            return producedBefore + seconds * rate + rest * rate / NANOS_PER_SECOND;
        }

        long burst() {
            return Math.max(LEAST_BURST_BYTES, rate * BURST_MILLIS / 1000);
        }

        int grain() {
            int whole = Math.clamp(rate >> GRAINS_PER_SECOND_SHIFT, 1, LEAST_BURST_BYTES);
            return Math.max(1, whole >> halvings);
        }

        /** How far appointments reach, in bytes that are still to be produced. */
        long farthest() {
            return Math.max(grain(), rate * FARTHEST_SECONDS);
        }

        /** Nanoseconds in which so many bytes are produced, rounded up. */
        long nanosUntil(long bytes) {
            return (long) Math.ceil(bytes * (double) NANOS_PER_SECOND / rate);
        }
    }
}
