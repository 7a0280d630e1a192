package org.bittern.engine.internal;

/** Runs something after a number of others are done. Owned by one loop. */
final class Countdown {
    private final Runnable done;
    private int left;

    Countdown(int left, Runnable done) {
        this.left = left;
        this.done = done;
    }

    void down() {
        if (--left == 0) {
            done.run();
        }
    }
}
