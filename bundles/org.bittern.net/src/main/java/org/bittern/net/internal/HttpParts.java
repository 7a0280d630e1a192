package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.spi.net.FileParts;

/** Answers to requests for a part of a file (RFC 9110, section 14). */
final class HttpParts {
    private static final int WHOLE = 200;
    private static final int PART = 206;
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(?:\\d{1,18}|\\*)");

    private HttpParts() {}

    /**
     * Which bytes of a file.
     *
     * @param length 1 or more
     */
    record Range(long offset, long length) {
        /** The field of a request that asks for them. */
        String field() {
            return "Range: bytes=%d-%d\r\n".formatted(offset, offset + length - 1);
        }
    }

    /**
     * Whether an answer brings the part.
     *
     * @throws FileParts.NotThere it does not, and will not the next time
     * @throws IOException it does not now
     */
    static void check(HttpBody answer, Range range) throws IOException {
        int status = answer.status();
        if (status / 100 == 5 || status == 408 || status == 429) {
            throw new IOException("the server answers with status " + status);
        }
        if (answer.field("transfer-encoding").isPresent()) {
            throw new FileParts.NotThere("the server sends parts of files in chunks");
        }
        if (status == PART) {
            checkRange(answer.field("content-range").orElse(""), range);
        } else if (status != WHOLE) {
            throw new FileParts.NotThere("the server answers with status " + status);
        } else if (range.offset > 0) {
            throw new FileParts.NotThere("the server sends no parts of files");
        }
    }

    private static void checkRange(String told, Range range) throws IOException {
        Matcher matcher = CONTENT_RANGE.matcher(told);
        if (!matcher.matches()
                || Long.parseLong(matcher.group(1)) != range.offset
                || Long.parseLong(matcher.group(2)) != range.offset + range.length - 1) {
            throw new FileParts.NotThere("the server sends another part of the file than asked");
        }
    }

    /** Whether the connection is at the next answer when a part was read. */
    private static boolean endsWithPart(HttpBody answer, long length) {
        return answer.field("content-length").filter(String.valueOf(length)::equals).isPresent()
                && answer.field("connection")
                        .filter(option -> option.toLowerCase(Locale.ROOT).contains("close"))
                        .isEmpty();
    }

    /** The bytes of a part; closing it closes the connection or keeps it. One thread. */
    static final class Part extends InputStream {
        private final InputStream in;
        private final HttpLine line;
        private final HttpLine.Pool pool;
        private final boolean keeps;
        private long left;
        private boolean closed;

        /**
         * A part of which nothing was read.
         *
         * @param in buffered, behind the head
         * @param pool gets the connection when it is of use for the next request
         */
        Part(HttpBody answer, InputStream in, long length, HttpLine line, HttpLine.Pool pool) {
            this.in = in;
            this.line = line;
            this.pool = pool;
            keeps = endsWithPart(answer, length);
            left = length;
        }

        /** Where it was found. */
        HttpLine.Hop hop() {
            return line.hop();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(left, length));
            if (read < 0) {
                throw new EOFException("the server hung up in the middle of a file");
            }
            left -= read;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            if (keeps && left == 0 && in.available() == 0) {
                pool.put(line);
            } else {
                line.socket().close();
            }
        }
    }
}
