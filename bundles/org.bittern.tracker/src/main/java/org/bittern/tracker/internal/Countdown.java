package org.bittern.tracker.internal;

import java.util.function.Consumer;

/** Waits for a number of answers and tells whether all were good. Owned by one loop. */
final class Countdown {
    private final Consumer<Boolean> done;
    private int missing;
    private boolean allGood = true;

    /** Waits for {@code count} answers, 1 or more. */
    Countdown(int count, Consumer<Boolean> done) {
        missing = count;
        this.done = done;
    }

    void arrived(boolean good) {
        allGood &= good;
        missing--;
        if (missing == 0) {
            done.accept(allGood);
        }
    }

    /** Waits no longer; what is missing counts as bad, and what comes later as nothing. */
    void giveUp() {
        if (missing > 0) {
            missing = 0;
            done.accept(false);
        }
    }
}
