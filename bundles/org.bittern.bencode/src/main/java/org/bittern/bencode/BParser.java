package org.bittern.bencode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One run over one input. Values that are complete, but whose container is still open, lie on one
 * stack; each open container knows where on it its own values start. Closing it moves them into a
 * list or dictionary. Used by one thread, once.
 */
final class BParser {
    private static final int NO_KEY = -1;

    private final byte[] in;
    private final BLimits limits;
    private final KeyOrder order;
    private final RawSpans spans = new RawSpans();

    private final List<BValue> complete = new ArrayList<>();
    private int[] starts = new int[8];
    private boolean[] dicts = new boolean[8];
    private int depth;

    private int position;
    private int tokens;
    private int topValueStart = NO_KEY;
    private boolean topValueSorted = true;
    private boolean allSorted = true;

    /** Takes {@code in} over. */
    BParser(byte[] in, BLimits limits, KeyOrder order) {
        this.in = in;
        this.limits = limits;
        this.order = order;
    }

    BDocument document() throws BencodeException {
        do {
            step();
        } while (depth > 0);
        return new BDocument(complete.getFirst(), in, position, spans, allSorted);
    }

    /** Takes one token off the input: a scalar, the begin of a container or the end of one. */
    private void step() throws BencodeException {
        int at = position;
        int kind = peek();
        if (kind == 'e' && depth > 0) {
            close(at);
        } else if (atKey()) {
            if (!digit(kind)) {
                throw fault(
                        at,
                        "dictionary key starts with "
                                + shown(kind)
                                + ", a string's length is expected,");
            }
            complete.add(string());
            if (depth == 1) {
                topValueStart = position;
                topValueSorted = true;
            }
        } else if (kind == 'i') {
            add(integer());
        } else if (digit(kind)) {
            add(string());
        } else if (kind == 'l' || kind == 'd') {
            open(kind == 'd');
        } else {
            throw fault(
                    at, "value starts with " + shown(kind) + ", one of i, l, d, 0-9 is expected,");
        }
    }

    /**
     * Whether the innermost container is a dictionary that needs a key next: its keys and values
     * alternate on the stack.
     */
    private boolean atKey() {
        return depth > 0 && dicts[depth - 1] && (complete.size() - starts[depth - 1]) % 2 == 0;
    }

    private void open(boolean dict) throws BencodeException {
        countToken();
        if (depth == limits.maxDepth()) {
            throw fault(position, "nesting deeper than " + limits.maxDepth());
        }
        if (depth == starts.length) {
            starts = Arrays.copyOf(starts, 2 * depth);
            dicts = Arrays.copyOf(dicts, 2 * depth);
        }
        starts[depth] = complete.size();
        dicts[depth] = dict;
        depth++;
        position++;
    }

    private void close(int at) throws BencodeException {
        int start = starts[depth - 1];
        boolean dict = dicts[depth - 1];
        List<BValue> own = complete.subList(start, complete.size());
        if (dict && own.size() % 2 != 0) {
            throw fault(at, "dictionary ends after key " + own.getLast() + " without its value");
        }
        BValue value =
                own.isEmpty()
                        ? (dict ? BDict.EMPTY : BList.EMPTY)
                        : dict ? dict(own, at) : new BList(own);
        own.clear();
        depth--;
        position++;
        add(value);
    }

    private BDict dict(List<BValue> own, int at) throws BencodeException {
        int size = own.size() / 2;
        BString[] keys = new BString[size];
        BValue[] values = new BValue[size];
        boolean ascending = true;
        for (int i = 0; i < size; i++) {
            keys[i] = (BString) own.get(2 * i);
            values[i] = own.get(2 * i + 1);
            if (i > 0) {
                ascending &= ascends(keys[i - 1], keys[i], at);
            }
        }
        topValueSorted &= ascending;
        allSorted &= ascending;
        return ascending ? BDict.sorted(keys, values) : sort(keys, values, at);
    }

    private boolean ascends(BString previous, BString key, int at) throws BencodeException {
        int comparison = previous.compareTo(key);
        if (comparison == 0) {
            throw fault(at, "key " + key + " twice in the dictionary that ends");
        }
        if (comparison > 0 && order == KeyOrder.STRICT) {
            throw fault(
                    at,
                    "key "
                            + key
                            + " after "
                            + previous
                            + ", keys must ascend, in the dictionary that ends");
        }
        return comparison < 0;
    }

    private BDict sort(BString[] keys, BValue[] values, int at) throws BencodeException {
        Integer[] places = new Integer[keys.length];
        Arrays.setAll(places, i -> i);
        Arrays.sort(places, Comparator.comparing((Integer i) -> keys[i]));
        BString[] sortedKeys = new BString[keys.length];
        BValue[] sortedValues = new BValue[keys.length];
        for (int i = 0; i < keys.length; i++) {
            sortedKeys[i] = keys[places[i]];
            sortedValues[i] = values[places[i]];
            if (i > 0 && sortedKeys[i].equals(sortedKeys[i - 1])) {
                throw fault(at, "key " + sortedKeys[i] + " twice in the dictionary that ends");
            }
        }
        return BDict.sorted(sortedKeys, sortedValues);
    }

    private void add(BValue value) {
        if (depth == 1 && dicts[0]) {
            spans.add((BString) complete.getLast(), topValueStart, position, topValueSorted);
        }
        complete.add(value);
    }

    private BInteger integer() throws BencodeException {
        countToken();
        int at = position++;
        boolean negative = peek() == '-';
        if (negative) {
            position++;
        }
        int first = position;
        long value = 0; // kept negative: the most negative long has no positive counterpart
        while (digit(peek())) {
            int digit = in[position++] - '0';
            if (value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit) {
                throw fault(at, "integer does not fit 64 bits");
            }
            value = value * 10 - digit;
        }
        int digits = position - first;
        if (peek() != 'e' || digits == 0) {
            throw fault(
                    position,
                    "integer holds " + shown(peek()) + ", decimal digits and then e are expected,");
        }
        if (in[first] == '0' && (digits > 1 || negative)) {
            throw fault(at, "integer with leading zero or minus zero");
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw fault(at, "integer does not fit 64 bits");
        }
        position++;
        return BInteger.of(negative ? value : -value);
    }

    private BString string() throws BencodeException {
        countToken();
        int at = position;
        long length = 0;
        while (digit(peek())) {
            length = length * 10 + (in[position++] - '0');
            if (length > in.length) {
                throw fault(
                        at, "string longer than the " + (in.length - at) + " bytes that are left");
            }
        }
        if (peek() != ':') {
            throw fault(
                    position,
                    "string length is followed by " + shown(peek()) + ", a colon is expected,");
        }
        if (in[at] == '0' && position - at > 1) {
            throw fault(at, "string length with leading zero");
        }
        position++;
        if (length > in.length - position) {
            throw fault(
                    at,
                    "string of %d bytes, only %d are left,"
                            .formatted(length, in.length - position));
        }
        BString string = BString.shared(in, position, (int) length);
        position += (int) length;
        return string;
    }

    private void countToken() throws BencodeException {
        if (++tokens > limits.maxTokens()) {
            throw fault(position, "more than " + limits.maxTokens() + " values");
        }
    }

    private int peek() throws BencodeException {
        if (position >= in.length) {
            throw fault(position, "input ends inside a value");
        }
        return in[position];
    }

    private static boolean digit(int b) {
        return b >= '0' && b <= '9';
    }

    private static String shown(int b) {
        return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b & 0xff);
    }

    private static BencodeException fault(int offset, String message) {
        return new BencodeException(offset, message);
    }
}
