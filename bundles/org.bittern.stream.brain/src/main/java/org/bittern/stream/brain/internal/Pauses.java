package org.bittern.stream.brain.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: twice as long each time, with chance in it,
 * so that brains of an I/O side that comes back do not all come at once. Used by one thread.
 */
final class Pauses {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** A connection that lasted so long was a good one: what follows begins anew. */
    static final Duration STEADY = Duration.ofSeconds(10);

    private final RandomGenerator random;
    private Duration next = SHORTEST;

    Pauses(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The pause after an attempt.
     *
     * @param lasted how long there was a connection
     * @return three to five quarters of the pause whose turn it is
     */
    Duration after(Duration lasted) {
        if (lasted.compareTo(STEADY) >= 0) {
            next = SHORTEST;
        }
        long millis = next.toMillis();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return Duration.ofMillis(millis * 3 / 4 + random.nextLong(millis / 2 + 1));
    }
}
