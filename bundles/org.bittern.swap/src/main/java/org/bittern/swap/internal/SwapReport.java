package org.bittern.swap.internal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a swap did.
 *
 * @param bundles symbolic names
 * @param way how it was done
 * @param importers bundles that were stopped and wired anew, as packages that they import changed
 * @param gap for how long a component at most offered nothing
 * @param restarted components of other bundles that were made anew
 */
record SwapReport(
        List<String> bundles, Way way, int importers, Duration gap, Set<String> restarted) {
    /** How a bundle is replaced. */
    enum Way {
        /** The new one started, then the old one stopped. */
        SIDE_BY_SIDE("side by side"),
        /** The old one stopped, then the new one started. */
        UPDATE("one after the other");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    private static final double NANOS_PER_MILLI = 1e6;

    String line() {
        StringBuilder line = new StringBuilder("swapped ").append(String.join(", ", bundles));
        line.append(", ").append(way.words);
        line.append(
                String.format(
                        Locale.ROOT, "; longest gap %.1f ms", gap.toNanos() / NANOS_PER_MILLI));
        if (importers > 0) {
            line.append("; ").append(importers).append(" importers were refreshed");
        }
        line.append("; restarted: ")
                .append(restarted.isEmpty() ? "nothing else" : String.join(", ", restarted));
        return line.toString();
    }
}
