package org.bittern.stream.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The request header {@code Range} (RFC 9110, 14.2), judged against the length of a file.
 *
 * <p>A header that is malformed, has another unit or asks for more than {@link #MOST_RANGES} parts
 * counts as absent. Parts that overlap or touch are joined, so an answer is never longer than the
 * file.
 */
sealed interface RangeHeader {
    /** More parts are answered with the whole file. */
    int MOST_RANGES = 8;

    /** A header longer than this is not read. */
    int MOST_CHARS = 512;

    /** Neither sign nor blank; 18 digits always fit into a long. */
    int MOST_DIGITS = 18;

    /** The whole file is asked for. */
    record Whole() implements RangeHeader {}

    /** Nothing of what is asked for exists. */
    record Unsatisfiable() implements RangeHeader {}

    /**
     * Parts of the file.
     *
     * @param ranges in order of their first bytes when there are several; never empty
     */
    record Parts(List<Bytes> ranges) implements RangeHeader {}

    /**
     * Part of a file.
     *
     * @param end inclusive
     */
    record Bytes(long start, long end) {
        long length() {
            return end - start + 1;
        }
    }

    /**
     * Reads the header.
     *
     * @param length of the file in bytes
     */
    static RangeHeader parse(String header, long length) {
        int equals = header.indexOf('=');
        if (equals < 0
                || header.length() > MOST_CHARS
                || !header.substring(0, equals).strip().equalsIgnoreCase("bytes")) {
            return new Whole();
        }
        List<Bytes> found = new ArrayList<>();
        boolean any = false;
        for (String spec : header.substring(equals + 1).split(",", -1)) {
            String text = spec.strip();
            if (text.isEmpty()) {
                continue; // RFC 9110, 5.6.1: empty elements of a list are ignored
            }
            any = true;
            int dash = text.indexOf('-');
            if (dash < 0 || !isSpec(text, dash)) {
                return new Whole();
            }
            add(text, dash, length, found);
            if (found.size() > MOST_RANGES) {
                return new Whole();
            }
        }
        if (!any) {
            return new Whole();
        }
        return found.isEmpty() ? new Unsatisfiable() : new Parts(joined(found));
    }

    private static boolean isSpec(String text, int dash) {
        String first = text.substring(0, dash).strip();
        String last = text.substring(dash + 1).strip();
        if ((first.isEmpty() && last.isEmpty()) || !isNumber(first) || !isNumber(last)) {
            return false;
        }
        return first.isEmpty() || last.isEmpty() || number(first) <= number(last);
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** A number that no file reaches is as good as any other such number. */
    private static long number(String digits) {
        String plain = digits.replaceFirst("^0+(?=.)", "");
        return plain.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(plain);
    }

    private static void add(String text, int dash, long length, List<Bytes> found) {
        String first = text.substring(0, dash).strip();
        String last = text.substring(dash + 1).strip();
        if (first.isEmpty()) {
            long count = Math.min(number(last), length);
            if (count > 0) {
                found.add(new Bytes(length - count, length - 1));
            }
        } else if (number(first) < length) {
            long end = last.isEmpty() ? length - 1 : Math.min(number(last), length - 1);
            found.add(new Bytes(number(first), end));
        }
    }

    private static List<Bytes> joined(List<Bytes> ranges) {
        List<Bytes> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(Bytes::start));
        List<Bytes> joined = new ArrayList<>();
        for (Bytes next : sorted) {
            Bytes last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && next.start <= last.end + 1) {
                joined.set(joined.size() - 1, new Bytes(last.start, Math.max(last.end, next.end)));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }
}
