package org.bittern.bencode;

/**
 * An integer, {@code i<decimal>e}. BEP 3 sets no bounds; nothing in BitTorrent needs more than 64
 * bits, so the reader refuses what does not fit.
 *
 * @param value any long
 */
public record BInteger(long value) implements BValue {
    private static final int CACHE_LOW = -16;
    private static final int CACHE_HIGH = 1024;
    private static final BInteger[] CACHE = new BInteger[CACHE_HIGH - CACHE_LOW];

    static {
        for (int i = 0; i < CACHE.length; i++) {
            CACHE[i] = new BInteger(i + CACHE_LOW);
        }
    }

    /**
     * The value for {@code value}; small ones are shared, so that millions of them cost nothing.
     */
    public static BInteger of(long value) {
        return value >= CACHE_LOW && value < CACHE_HIGH
                ? CACHE[(int) value - CACHE_LOW]
                : new BInteger(value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
