package org.bittern.blocklist.internal;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * Reads a list in any of the usual forms, which it tells apart by the first bytes: gzip around one
 * of the others, P2B, or text. Memory does not grow with what is not a rule.
 */
final class ListReader {
    /** A list is not larger than this, unpacked: what unpacks to more is made to hurt. */
    static final long MAX_UNPACKED_BYTES = 128L << 20;

    /** Lines of this length and longer ones are skipped. */
    static final int MAX_LINE_BYTES = 4096;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int PEEK_BYTES = 8;

    private ListReader() {}

    /**
     * Reads a whole list.
     *
     * @return lines that were not understood and left out
     * @throws IOException it has too many bytes or rules, is cut off or damaged, or contains no
     *     rule at all but other things
     */
    static long read(InputStream raw, RangeCollector into) throws IOException {
        int before = into.rules();
        InputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
        if (isGzip(in)) {
            in = new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
        }
        InputStream limited =
                new BufferedInputStream(new Limited(in, MAX_UNPACKED_BYTES), BUFFER_BYTES);
        long unknown = 0;
        if (P2bReader.begins(peek(limited))) {
            P2bReader.read(limited, into);
        } else {
            unknown = text(limited, into);
        }
        if (into.rules() == before && unknown > 0) {
            throw new IOException("no rule in it, " + unknown + " lines of something else");
        }
        return unknown;
    }

    private static boolean isGzip(InputStream in) throws IOException {
        byte[] head = peek(in);
        return head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
    }

    private static byte[] peek(InputStream in) throws IOException {
        in.mark(PEEK_BYTES);
        byte[] head = in.readNBytes(PEEK_BYTES);
        in.reset();
        return head;
    }

    /** Returns the number of lines that were not understood. */
    private static long text(InputStream in, RangeCollector into) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        byte[] line = new byte[MAX_LINE_BYTES + 1]; // what is too long ends in the last one
        int length = 0;
        long unknown = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] != '\n') {
                    line[length] = buffer[i];
                    length = Math.min(length + 1, MAX_LINE_BYTES);
                } else {
                    unknown += understood(line, length, into) ? 0 : 1;
                    length = 0;
                }
            }
        }
        return unknown + (understood(line, length, into) ? 0 : 1);
    }

    private static boolean understood(byte[] line, int length, RangeCollector into)
            throws IOException {
        if (length == MAX_LINE_BYTES) {
            return false;
        }
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        return RuleLine.read(text, into) != RuleLine.Kind.UNKNOWN;
    }

    /** Fails after a number of bytes. One thread. */
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long bytes) {
            super(in);
            left = bytes;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                throw new IOException("more than " + MAX_UNPACKED_BYTES + " bytes when unpacked");
            }
        }
    }
}
