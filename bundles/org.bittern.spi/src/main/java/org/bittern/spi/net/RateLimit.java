package org.bittern.spi.net;

/** What a link asks before it moves payload. Thread-safe. */
public interface RateLimit {
    /**
     * Takes bytes.
     *
     * @param wanted 1 or more
     * @return 0 to {@code wanted}: what may be moved now
     */
    int take(int wanted);

    /** Gives back what was taken and not moved. */
    void giveBack(int bytes);

    /** Nanoseconds until asking again makes sense; 0 when there is something now. */
    long nanosUntilMore();

    /** Grants everything. */
    RateLimit NONE =
            new RateLimit() {
                @Override
                public int take(int wanted) {
                    return wanted;
                }

                @Override
                public void giveBack(int bytes) {
                    // nothing was counted
                }

                @Override
                public long nanosUntilMore() {
                    return 0;
                }
            };
}
