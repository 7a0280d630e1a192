package org.bittern.blocklist.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers rules in any order and makes ranges of them. One thread, used once. */
final class RangeCollector {
    /** More rules than this are an error: 16 MiB of ranges. */
    static final int MAX_RULES = 2_000_000;

    /** IPv6 rules among them: they are larger. */
    static final int MAX_IPV6_RULES = 500_000;

    private static final int FIRST_CAPACITY = 1024;

    private final List<Ipv6Range> ipv6 = new ArrayList<>();
    private long[] ipv4 = new long[FIRST_CAPACITY];
    private int ipv4Count;

    /** How much was gathered at a moment. */
    record Mark(int ipv4, int ipv6) {}

    Mark mark() {
        return new Mark(ipv4Count, ipv6.size());
    }

    /** Forgets what was added since. */
    void backTo(Mark mark) {
        ipv4Count = mark.ipv4;
        ipv6.subList(mark.ipv6, ipv6.size()).clear();
    }

    int rules() {
        return ipv4Count + ipv6.size();
    }

    /**
     * Adds an IPv4 rule.
     *
     * @param first not after {@code last}, as unsigned numbers
     * @throws IOException there are too many
     */
    void add(int first, int last) throws IOException {
        requireRoom();
        if (ipv4Count == ipv4.length) {
            ipv4 = Arrays.copyOf(ipv4, Math.min(MAX_RULES, ipv4Count + (ipv4Count >> 1)));
        }
        ipv4[ipv4Count++] = IpRanges.packed(first, last);
    }

    /**
     * Adds an IPv6 rule.
     *
     * @throws IOException there are too many
     */
    void add(Ipv6Range range) throws IOException {
        requireRoom();
        if (ipv6.size() >= MAX_IPV6_RULES) {
            throw new IOException("more than " + MAX_IPV6_RULES + " IPv6 rules");
        }
        ipv6.add(range);
    }

    private void requireRoom() throws IOException {
        if (rules() >= MAX_RULES) {
            throw new IOException("more than " + MAX_RULES + " rules");
        }
    }

    /** The ranges; nothing can be added afterwards. */
    IpRanges ranges() {
        return new IpRanges(mergedIpv4(), mergedIpv6(), rules());
    }

    private long[] mergedIpv4() {
        Arrays.sort(ipv4, 0, ipv4Count);
        int kept = 0;
        for (int i = 0; i < ipv4Count; i++) {
            if (kept > 0 && joins(ipv4[kept - 1], ipv4[i])) {
                int last = IpRanges.last(ipv4[kept - 1]);
                int other = IpRanges.last(ipv4[i]);
                int end = Integer.compareUnsigned(last, other) >= 0 ? last : other;
                ipv4[kept - 1] = IpRanges.packed(IpRanges.first(ipv4[kept - 1]), end);
            } else {
                ipv4[kept++] = ipv4[i];
            }
        }
        return Arrays.copyOf(ipv4, kept);
    }

    /** Whether a range overlaps the next one or ends right before it. */
    private static boolean joins(long range, long next) {
        int after = IpRanges.last(range) + 1;
        return after == 0 || Integer.compareUnsigned(after, IpRanges.first(next)) >= 0;
    }

    private long[] mergedIpv6() {
        ipv6.sort(null);
        List<Ipv6Range> merged = new ArrayList<>();
        for (Ipv6Range range : ipv6) {
            if (!merged.isEmpty() && merged.getLast().reaches(range)) {
                merged.add(merged.removeLast().joined(range));
            } else {
                merged.add(range);
            }
        }
        long[] packed = new long[merged.size() * Ipv6Range.LONGS];
        int at = 0;
        for (Ipv6Range range : merged) {
            packed[at++] = range.firstHigh();
            packed[at++] = range.firstLow();
            packed[at++] = range.lastHigh();
            packed[at++] = range.lastLow();
        }
        return packed;
    }
}
