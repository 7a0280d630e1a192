package org.bittern.engine.internal.limits;

import org.bittern.spi.net.RateLimit;

/**
 * Limits that hold together: every byte is taken from each. What they are may change while links
 * use the chain. Thread-safe.
 */
public final class LimitChain implements RateLimit {
    private static final RateLimit[] NOTHING = {};

    private volatile RateLimit[] levels = NOTHING;

    /** Puts other limits in force at once. */
    public void use(RateLimit... now) {
        levels = now.length == 0 ? NOTHING : now.clone();
    }

    @Override
    public int take(int wanted) {
        RateLimit[] now = levels;
        int granted = wanted;
        for (int i = 0; i < now.length && granted > 0; i++) {
            int got = now[i].take(granted);
            for (int before = 0; before < i && got < granted; before++) {
                now[before].giveBack(granted - got);
            }
            granted = got;
        }
        return granted;
    }

    @Override
    public void giveBack(int bytes) {
        for (RateLimit level : levels) {
            level.giveBack(bytes);
        }
    }

    @Override
    public long nanosUntilMore() {
        for (RateLimit level : levels) {
            long nanos = level.nanosUntilMore();
            if (nanos > 0) {
                return nanos;
            }
        }
        return 0;
    }
}
