package org.bittern.blocklist.internal;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands one line of a text list, whichever of the usual forms it has:
 *
 * <pre>
 * description:1.2.3.4-1.2.3.9                             P2P (PeerGuardian)
 * 001.002.003.000 - 001.002.003.255 , 000 , description   DAT (eMule): a level from 128 allows
 * 1.2.3.0/24   2001:db8::/32   1.2.3.4                    CIDR, single addresses
 * 1.2.3.4-1.2.3.9                                         plain range
 * </pre>
 */
final class RuleLine {
    /** What a line was. */
    enum Kind {
        RULE,
        /** Empty, a comment, or a range that is expressly allowed. */
        NOTHING,
        UNKNOWN
    }

    private static final int LEAST_ALLOWING_LEVEL = 128;
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final Pattern LEVEL = Pattern.compile("\\d{1,9}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
    private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");

    private RuleLine() {}

    /**
     * Reads a line.
     *
     * @throws IOException there are too many rules
     */
    static Kind read(String raw, RangeCollector into) throws IOException {
        String line = raw.strip();
        if (line.isEmpty() || isComment(line)) {
            return Kind.NOTHING;
        }
        int comma = line.indexOf(',');
        if (comma > 0 && beginsWithAddress(line.substring(0, comma))) {
            return dat(line, comma, into);
        }
        String word = firstWord(line);
        boolean known =
                p2pIpv4(line, into)
                        || cidr(word, into)
                        || single(word, into)
                        || range(line, into)
                        || p2p(line, into);
        return known ? Kind.RULE : Kind.UNKNOWN;
    }

    private static boolean isComment(String line) {
        return line.startsWith("#") || line.startsWith(";") || line.startsWith("//");
    }

    /** What stands before a comment of the line. */
    private static String firstWord(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c <= ' ' || c == '#' || c == ';') {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private static Kind dat(String line, int comma, RangeCollector into) throws IOException {
        String rest = line.substring(comma + 1);
        int end = rest.indexOf(',');
        String level = (end < 0 ? rest : rest.substring(0, end)).strip();
        if (!LEVEL.matcher(level).matches()) {
            return Kind.UNKNOWN;
        }
        if (Integer.parseInt(level) >= LEAST_ALLOWING_LEVEL) {
            return Kind.NOTHING;
        }
        return range(line.substring(0, comma), into) ? Kind.RULE : Kind.UNKNOWN;
    }

    private static boolean beginsWithAddress(String text) {
        int dash = text.indexOf('-');
        String from = dash < 0 ? "" : text.substring(0, dash).strip();
        return ipv4(from) >= 0 || ipv6(from) != null;
    }

    /** {@code from-to}, with or without spaces. */
    private static boolean range(String text, RangeCollector into) throws IOException {
        int dash = text.indexOf('-');
        return dash > 0 && between(text.substring(0, dash).strip(), text.substring(dash + 1), into);
    }

    private static boolean between(String from, String to, RangeCollector into) throws IOException {
        String end = to.strip();
        long first = ipv4(from);
        long last = ipv4(end);
        if (first >= 0 && last >= 0) {
            if (first > last) {
                return false;
            }
            into.add((int) first, (int) last);
            return true;
        }
        byte[] low = ipv6(from);
        byte[] high = ipv6(end);
        if (low == null || high == null) {
            return false;
        }
        Ipv6Range range =
                new Ipv6Range(
                        Bytes.int64(low, 0),
                        Bytes.int64(low, Long.BYTES),
                        Bytes.int64(high, 0),
                        Bytes.int64(high, Long.BYTES));
        if (Ipv6Range.compare(
                        range.firstHigh(), range.firstLow(), range.lastHigh(), range.lastLow())
                > 0) {
            return false;
        }
        into.add(range);
        return true;
    }

    /** Almost all lines of almost all lists: told apart without looking for anything else. */
    private static boolean p2pIpv4(String line, RangeCollector into) throws IOException {
        int dash = line.lastIndexOf('-');
        if (dash < 0) {
            return false;
        }
        int colon = line.lastIndexOf(':', dash);
        long first = ipv4(line.substring(colon + 1, dash).strip());
        long last = first < 0 ? first : ipv4(line.substring(dash + 1).strip());
        if (last < first || last < 0) {
            return false;
        }
        into.add((int) first, (int) last);
        return true;
    }

    /**
     * The description may contain everything, colons and dashes too: the addresses end the line.
     */
    private static boolean p2p(String line, RangeCollector into) throws IOException {
        int dash = line.lastIndexOf('-');
        if (dash < 0) {
            return false;
        }
        String to = line.substring(dash + 1);
        String head = line.substring(0, dash);
        for (int colon = head.indexOf(':'); colon >= 0; colon = head.indexOf(':', colon + 1)) {
            if (between(head.substring(colon + 1).strip(), to, into)) {
                return true;
            }
        }
        return false;
    }

    private static boolean cidr(String word, RangeCollector into) throws IOException {
        int slash = word.indexOf('/');
        if (slash < 1 || !PREFIX.matcher(word.substring(slash + 1)).matches()) {
            return false;
        }
        int bits = Integer.parseInt(word.substring(slash + 1));
        String address = word.substring(0, slash);
        long ipv4 = ipv4(address);
        if (ipv4 >= 0 && bits <= IPV4_BITS) {
            int mask = bits == 0 ? 0 : -1 << (IPV4_BITS - bits);
            into.add((int) ipv4 & mask, (int) ipv4 | ~mask);
            return true;
        }
        byte[] ipv6 = ipv4 >= 0 ? null : ipv6(address);
        if (ipv6 == null || bits > IPV6_BITS) {
            return false;
        }
        long high = mask(Math.min(bits, Long.SIZE));
        long low = mask(Math.max(bits - Long.SIZE, 0));
        long addressHigh = Bytes.int64(ipv6, 0);
        long addressLow = Bytes.int64(ipv6, Long.BYTES);
        into.add(
                new Ipv6Range(
                        addressHigh & high,
                        addressLow & low,
                        addressHigh | ~high,
                        addressLow | ~low));
        return true;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }

    private static boolean single(String word, RangeCollector into) throws IOException {
        return between(word, word, into);
    }

    /**
     * Four decimal numbers; leading zeros are decimal too, as eMule writes them.
     *
     * @return -1 when it is none
     */
    static long ipv4(String text) {
        long address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++) {
            int value = 0;
            int digits = 0;
            while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && digits < 4) {
                value = value * 10 + Character.digit(text.charAt(at), 10);
                at++;
                digits++;
            }
            boolean dotted = part == 3 ? at == text.length() : isDot(text, at);
            if (digits < 1 || digits > 3 || value > 255 || !dotted) {
                return -1;
            }
            at++;
            address = address << 8 | value;
        }
        return address;
    }

    private static boolean isDot(String text, int at) {
        return at < text.length() && text.charAt(at) == '.';
    }

    private static byte @Nullable [] ipv6(String text) {
        // Not by trial alone: the failure is an exception, and a list has a million lines.
        if (text.indexOf(':') < 0 || !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return address instanceof Inet6Address ? address.getAddress() : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
