package org.bittern.tracker.internal;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** When to come again. No state, any thread. */
final class Pace {
    /** Between announces when the tracker does not say. */
    static final long DEFAULT_INTERVAL_SECONDS = 1800;

    /** Shortest interval that we believe; a tracker that says 0 does not mean it. */
    static final long MIN_INTERVAL_SECONDS = 5;

    /** Longest interval that we believe. */
    static final long MAX_INTERVAL_SECONDS = 86_400;

    /** Between announces that we make because we lack peers, when the tracker sets no least. */
    static final long HUNGRY_INTERVAL_SECONDS = 120;

    /** Between such announces at least, whatever the tracker sets. */
    static final long MIN_HUNGRY_SECONDS = 60;

    /** Before the first retry after a failure; doubled with each further one. */
    static final long MIN_RETRY_SECONDS = 5;

    /** Before any retry at most, unless the tracker itself wants more. */
    static final long MAX_RETRY_SECONDS = 1800;

    /** From an announce that told no sizes of the swarm to a scrape. */
    static final long SCRAPE_DELAY_SECONDS = 30;

    /** Between scrapes. */
    static final long SCRAPE_INTERVAL_SECONDS = 1800;

    private static final int MAX_DOUBLINGS = 9;

    private Pace() {}

    /**
     * Nanoseconds to the next ordinary announce.
     *
     * @param told seconds as the tracker says, -1 when it does not
     * @param least seconds, -1 when it does not say
     */
    static long intervalNanos(long told, long least) {
        long seconds = told < 0 ? DEFAULT_INTERVAL_SECONDS : told;
        return TimeUnit.SECONDS.toNanos(
                Math.clamp(Math.max(seconds, least), MIN_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS));
    }

    /** Nanoseconds to the next announce for lack of peers. */
    static long hungryNanos(long told, long least) {
        long seconds = least < 0 ? HUNGRY_INTERVAL_SECONDS : Math.max(least, MIN_HUNGRY_SECONDS);
        return Math.min(intervalNanos(told, least), intervalNanos(seconds, -1));
    }

    /**
     * Nanoseconds to the next attempt.
     *
     * @param failures in a row, 1 or more
     * @param told seconds as the tracker says, -1 when it does not
     * @param random spreads what failed together by a tenth
     */
    static long retryNanos(int failures, long told, RandomGenerator random) {
        long doubled = MIN_RETRY_SECONDS << Math.min(failures - 1, MAX_DOUBLINGS);
        long seconds = Math.min(doubled, MAX_RETRY_SECONDS);
        long spread = TimeUnit.SECONDS.toNanos(seconds) / 10;
        long wanted = TimeUnit.SECONDS.toNanos(Math.clamp(told, 0, MAX_INTERVAL_SECONDS));
        return Math.max(TimeUnit.SECONDS.toNanos(seconds) + random.nextLong(spread), wanted);
    }
}
