package org.bittern.blocklist.internal;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Ranges of addresses, sorted and without overlap. Immutable; a question costs one binary search
 * and no memory. An IPv4 range takes 8 bytes, an IPv6 range 32.
 */
final class IpRanges {
    /** Blocks nothing. */
    static final IpRanges NONE = new IpRanges(new long[0], new long[0], 0);

    private static final int IPV4_BYTES = 4;
    private static final long LOW_HALF = 0xffff_ffffL;

    /** Each a {@link #packed} range, ascending. */
    private final long[] ipv4;

    /** Groups of four: first address high and low half, last address high and low half. */
    private final long[] ipv6;

    private final int rules;

    /**
     * Takes over both arrays.
     *
     * @param rules how many rules these ranges were made of
     */
    IpRanges(long[] ipv4, long[] ipv6, int rules) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.rules = rules;
    }

    /** An IPv4 range in a form whose order as a number is that of the first addresses. */
    static long packed(int first, int last) {
        return (long) (first ^ Integer.MIN_VALUE) << Integer.SIZE | (last & LOW_HALF);
    }

    static int first(long packed) {
        return (int) (packed >>> Integer.SIZE) ^ Integer.MIN_VALUE;
    }

    static int last(long packed) {
        return (int) packed;
    }

    int rules() {
        return rules;
    }

    /** Ranges after merging. */
    int size() {
        return ipv4.length + ipv6.length / Ipv6Range.LONGS;
    }

    boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == IPV4_BYTES
                ? containIpv4(Bytes.int32(bytes, 0))
                : containIpv6(Bytes.int64(bytes, 0), Bytes.int64(bytes, Long.BYTES));
    }

    private boolean containIpv4(int address) {
        int found = Arrays.binarySearch(ipv4, packed(address, -1));
        int candidate = found >= 0 ? found : -found - 2; // the last one that begins at or before it
        return candidate >= 0 && Integer.compareUnsigned(last(ipv4[candidate]), address) >= 0;
    }

    private boolean containIpv6(long high, long low) {
        int from = 0;
        int to = ipv6.length / Ipv6Range.LONGS;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (compare(middle * Ipv6Range.LONGS, high, low) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from > 0 && compare((from - 1) * Ipv6Range.LONGS + 2, high, low) >= 0;
    }

    private int compare(int index, long high, long low) {
        return Ipv6Range.compare(ipv6[index], ipv6[index + 1], high, low);
    }
}
