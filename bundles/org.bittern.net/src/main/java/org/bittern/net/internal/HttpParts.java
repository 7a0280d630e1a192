package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
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
     * Whether an answer brings the part.
     *
     * @throws FileParts.NotThere it does not, and will not the next time
     * @throws IOException it does not now
     */
    static void check(HttpBody answer, long offset, long length) throws IOException {
        int status = answer.status();
        if (status / 100 == 5 || status == 408 || status == 429) {
            throw new IOException("the server answers with status " + status);
        }
        if (answer.field("transfer-encoding").isPresent()) {
            throw new FileParts.NotThere("the server sends parts of files in chunks");
        }
        if (status == PART) {
            checkRange(answer.field("content-range").orElse(""), offset, length);
        } else if (status != WHOLE) {
            throw new FileParts.NotThere("the server answers with status " + status);
        } else if (offset > 0) {
            throw new FileParts.NotThere("the server sends no parts of files");
        }
    }

    private static void checkRange(String range, long offset, long length) throws IOException {
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches()
                || Long.parseLong(matcher.group(1)) != offset
                || Long.parseLong(matcher.group(2)) != offset + length - 1) {
            throw new FileParts.NotThere("the server sends another part of the file than asked");
        }
    }

    /** The bytes of a part; closing it closes the connection. One thread. */
    static final class Part extends InputStream {
        private final InputStream in;
        private final Socket socket;
        private long left;

        Part(InputStream in, Socket socket, long length) {
            this.in = in;
            this.socket = socket;
            left = length;
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
            socket.close();
        }
    }
}
