package org.bittern.blocklist.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads the binary lists of PeerGuardian, versions 1 to 3; IPv4 only.
 *
 * <pre>
 * &lt;ff ff ff ff&gt; "P2B" &lt;version&gt;
 * 1, 2:  (label 00 first4 last4)*                                      all numbers big-endian
 * 3:     count4 (label 00)*  count4 (label-index4 first4 last4)*
 * </pre>
 */
final class P2bReader {
    private static final byte[] MAGIC = {-1, -1, -1, -1, 'P', '2', 'B'};
    private static final int INDEXED = 3;

    /** Labels say nothing to us; this keeps a damaged file from being read as one label. */
    private static final int MAX_LABEL_BYTES = 65_536;

    private P2bReader() {}

    /** Whether a list that begins so is one of these. */
    static boolean begins(byte[] head) {
        return head.length > MAGIC.length
                && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Reads a list.
     *
     * @throws IOException it is of another version, damaged or cut off
     */
    static void read(InputStream in, RangeCollector into) throws IOException {
        in.skipNBytes(MAGIC.length);
        int version = in.read();
        switch (version) {
            case 1, 2 -> labelled(in, into);
            case INDEXED -> indexed(in, into);
            default -> throw new IOException("P2B of version " + version + ", known are 1 to 3");
        }
    }

    private static void labelled(InputStream in, RangeCollector into) throws IOException {
        int b = in.read();
        while (b >= 0) {
            skipLabel(in, b);
            add(number(in), number(in), into);
            b = in.read();
        }
    }

    private static void indexed(InputStream in, RangeCollector into) throws IOException {
        long labels = Integer.toUnsignedLong(number(in));
        for (long i = 0; i < labels; i++) {
            skipLabel(in, in.read());
        }
        long rules = Integer.toUnsignedLong(number(in));
        for (long i = 0; i < rules; i++) {
            long label = Integer.toUnsignedLong(number(in));
            if (label >= labels) {
                throw new IOException("rule with label %d of %d".formatted(label, labels));
            }
            add(number(in), number(in), into);
        }
    }

    private static void skipLabel(InputStream in, int first) throws IOException {
        int b = first;
        for (int i = 0; b > 0; i++) {
            if (i == MAX_LABEL_BYTES) {
                throw new IOException("label of more than " + MAX_LABEL_BYTES + " bytes");
            }
            b = in.read();
        }
        if (b < 0) {
            throw new EOFException("the list is cut off");
        }
    }

    private static int number(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Integer.BYTES);
        if (bytes.length < Integer.BYTES) {
            throw new EOFException("the list is cut off");
        }
        return Bytes.int32(bytes, 0);
    }

    private static void add(int first, int last, RangeCollector into) throws IOException {
        if (Integer.compareUnsigned(first, last) > 0) {
            throw new IOException("a range that ends before it begins");
        }
        into.add(first, last);
    }
}
