package org.bittern.stdio.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads lines of a stream that outlives this bundle. Nothing beyond the line is taken from it, and
 * the stream is locked for a whole line. When the bundle is replaced, its old thread still waits in
 * a read, which nothing interrupts: it puts the first byte that comes back and leaves, and the new
 * thread reads the whole line. The end of a stream cannot be put back, but comes again, on a
 * terminal when it is typed again.
 */
final class LineReader implements AutoCloseable {
    /** Longest line, in bytes. */
    static final int MAX_LINE_BYTES = 16 << 20;

    /** What a decoder puts where it finds no character. */
    private static final char REPLACEMENT = '\uFFFD';

    private final InputStream in;
    private volatile boolean closed;

    /**
     * Of a stream that others read, too, one after the other.
     *
     * @param in supports marks
     */
    LineReader(InputStream in) {
        this.in = in;
    }

    /** Whoever waits for a line gets none; the next one is for another reader. */
    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * The next line, without its end.
     *
     * @return empty at the end of the stream, and when this is closed
     * @throws UnreadableLineException after the whole line was skipped
     */
    Optional<String> next() throws IOException, UnreadableLineException {
        synchronized (in) { // shared with the other generation of this bundle: no loop can own it
            if (closed) {
                return Optional.empty();
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream(256);
            boolean tooLong = false;
            in.mark(1);
            int b = in.read();
            if (b < 0) {
                return Optional.empty();
            }
            if (closed) {
                in.reset();
                return Optional.empty();
            }
            while (b >= 0 && b != '\n') {
                if (line.size() < MAX_LINE_BYTES) {
                    line.write(b);
                } else {
                    tooLong = true;
                }
                b = in.read();
            }
            if (tooLong) {
                throw new UnreadableLineException(
                        "line is longer than " + MAX_LINE_BYTES + " bytes");
            }
            return Optional.of(text(line.toByteArray()));
        }
    }

    /** What is not UTF-8 would become other names of files, so it is refused. */
    private static String text(byte[] line) throws UnreadableLineException {
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0
                && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), line)) {
            throw new UnreadableLineException("line is not UTF-8");
        }
        return text;
    }

    /** A line that is too long, or no text. */
    static final class UnreadableLineException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableLineException(String message) {
            super(message);
        }
    }
}
