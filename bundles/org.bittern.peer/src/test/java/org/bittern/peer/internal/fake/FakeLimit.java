package org.bittern.peer.internal.fake;

import org.bittern.spi.net.RateLimit;

/** A limit that grants what the test puts in. */
public final class FakeLimit implements RateLimit {
    private long tokens;
    private long nanosUntilMore = 5_000_000;

    public FakeLimit(long tokens) {
        this.tokens = tokens;
    }

    public void add(long more) {
        tokens += more;
    }

    public long tokens() {
        return tokens;
    }

    @Override
    public int take(int wanted) {
        if (wanted < 1) {
            throw new IllegalArgumentException(wanted + " bytes");
        }
        int granted = (int) Math.min(wanted, tokens);
        tokens -= granted;
        return granted;
    }

    @Override
    public void giveBack(int bytes) {
        tokens += bytes;
    }

    @Override
    public long nanosUntilMore() {
        return tokens > 0 ? 0 : nanosUntilMore;
    }
}
