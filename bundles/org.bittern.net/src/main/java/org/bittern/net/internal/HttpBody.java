package org.bittern.net.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.spi.net.HttpHead;

/** One answer of HTTP/1.x (RFC 9112) whose body is passed on as it comes. One thread, used once. */
final class HttpBody {
    private static final int COPY_BYTES = 1 << 16;

    private final InputStream in;
    private final HttpHead head;
    private long left;

    private HttpBody(InputStream in, HttpHead head, long maxBytes) {
        this.in = in;
        this.head = head;
        left = maxBytes;
    }

    /**
     * Reads the head.
     *
     * @param in buffered
     * @throws IOException it is not HTTP, or cut off
     */
    static HttpBody begin(InputStream in, long maxBytes) throws IOException {
        return new HttpBody(in, HttpHead.read(in), maxBytes);
    }

    int status() {
        return head.status();
    }

    /** Where a redirect leads; servers that do not escape it write UTF-8. */
    Optional<String> redirect() {
        return status() / 100 == 3
                ? field("location")
                        .map(bytes ->
                                new String(
                                        bytes.getBytes(StandardCharsets.ISO_8859_1),
                                        StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** A header field, by its name in lower case. */
    Optional<String> field(String name) {
        return head.field(name);
    }

    /** Copies the body; returns its length. */
    long copyTo(OutputStream out) throws IOException {
        long most = left;
        if (head.isChunked()) {
            chunks(out);
            return most - left;
        }
        OptionalLong length = head.length();
        if (length.isPresent()) {
            copy(length.getAsLong(), out);
        } else {
            rest(out);
        }
        return most - left;
    }

    private void chunks(OutputStream out) throws IOException {
        for (long bytes = HttpHead.chunkSize(in); bytes > 0; bytes = HttpHead.chunkSize(in)) {
            copy(bytes, out);
            HttpHead.endOfChunk(in);
        }
        // trailers say nothing to us
    }

    private void copy(long bytes, OutputStream out) throws IOException {
        take(bytes);
        byte[] buffer = new byte[(int) Math.min(bytes, COPY_BYTES)];
        long rest = bytes;
        while (rest > 0) {
            int read = in.read(buffer, 0, (int) Math.min(rest, buffer.length));
            if (read < 0) {
                throw new IOException("the answer is cut off");
            }
            out.write(buffer, 0, read);
            rest -= read;
        }
    }

    private void rest(OutputStream out) throws IOException {
        byte[] buffer = new byte[COPY_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            take(read);
            out.write(buffer, 0, read);
        }
    }

    private void take(long bytes) throws IOException {
        if (bytes > left) {
            throw new IOException("the answer is larger than allowed");
        }
        left -= bytes;
    }
}
