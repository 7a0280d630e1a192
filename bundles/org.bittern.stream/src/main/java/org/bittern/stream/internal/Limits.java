package org.bittern.stream.internal;

import java.time.Duration;

/**
 * How much is asked for at a time, and how long is waited.
 *
 * @param firstWindow bytes of the first window of an answer: small, so that the first byte comes
 *     soon
 * @param lastWindow to which windows grow by doubling
 * @param commitAfter headers are held back so long, for a better status may come
 * @param longestWait without any progress
 */
record Limits(int firstWindow, int lastWindow, Duration commitAfter, Duration longestWait) {
    /** Windows of less than a block make no sense. */
    static final int LEAST_WINDOW = 16_384;

    static final int MOST_WINDOW = 64 << 20;

    /** What is granted is asked for anew after this: a piece may turn out to be bad. */
    static final Duration GRANT = Duration.ofSeconds(10);

    Limits {
        if (firstWindow < LEAST_WINDOW || lastWindow < firstWindow || lastWindow > MOST_WINDOW) {
            throw new IllegalArgumentException(
                    "windows of %d to %d bytes, allowed are %d to %d"
                            .formatted(firstWindow, lastWindow, LEAST_WINDOW, MOST_WINDOW));
        }
        if (commitAfter.isNegative() || longestWait.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "headers after %s, longest wait %s".formatted(commitAfter, longestWait));
        }
    }

    /** The same with another wait. */
    Limits waiting(Duration longest) {
        return new Limits(firstWindow, lastWindow, commitAfter, longest);
    }
}
