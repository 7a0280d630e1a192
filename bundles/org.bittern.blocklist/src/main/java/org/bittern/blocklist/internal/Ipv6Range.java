package org.bittern.blocklist.internal;

/** A range of IPv6 addresses, both ends included, as unsigned halves. */
record Ipv6Range(long firstHigh, long firstLow, long lastHigh, long lastLow)
        implements Comparable<Ipv6Range> {
    /** Numbers in one range. */
    static final int LONGS = 4;

    @Override
    public int compareTo(Ipv6Range other) {
        return compare(firstHigh, firstLow, other.firstHigh, other.firstLow);
    }

    /** Compares two addresses. */
    static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    /** Whether this one, which begins first, overlaps the other or ends right before it. */
    boolean reaches(Ipv6Range next) {
        long low = lastLow + 1;
        long high = low == 0 ? lastHigh + 1 : lastHigh;
        boolean toTheEnd = low == 0 && high == 0;
        return toTheEnd || compare(high, low, next.firstHigh, next.firstLow) >= 0;
    }

    /** Both, when {@link #reaches}. */
    Ipv6Range joined(Ipv6Range next) {
        return compare(lastHigh, lastLow, next.lastHigh, next.lastLow) >= 0
                ? this
                : new Ipv6Range(firstHigh, firstLow, next.lastHigh, next.lastLow);
    }
}
