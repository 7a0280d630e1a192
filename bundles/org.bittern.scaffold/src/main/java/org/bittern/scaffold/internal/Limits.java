package org.bittern.scaffold.internal;

import java.time.Duration;

/**
 * What a client may take of the process.
 *
 * @param bytes of a body
 * @param time for the whole body, however steadily it trickles
 * @param idle silence after which a connection is closed
 */
record Limits(int bytes, Duration time, Duration idle) {
    private static final int MOST_MEBIBYTES = 64; // so that one fits into a small heap
    private static final int MOST_SECONDS = 600;

    static Limits of(ScaffoldConfig config) {
        return new Limits(
                config.body_limit_mebibytes() << 20,
                Duration.ofSeconds(config.body_timeout_seconds()),
                Duration.ofSeconds(config.idle_timeout_seconds()));
    }

    /**
     * Refuses what is out of range.
     *
     * @throws IllegalArgumentException one line for a person
     */
    static void check(ScaffoldConfig config) {
        check("body.limit.mebibytes", config.body_limit_mebibytes(), MOST_MEBIBYTES);
        check("body.timeout.seconds", config.body_timeout_seconds(), MOST_SECONDS);
        check("idle.timeout.seconds", config.idle_timeout_seconds(), MOST_SECONDS);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "%s must be 1 to %d, not %d".formatted(name, most, value));
        }
    }
}
