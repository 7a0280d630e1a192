package org.bittern.transmission.internal;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a reply. Keeps the first bytes until it is clear whether packing pays; then lets all
 * pass. A body that is closed before it is {@link #whole} does not end: nobody may take a part of
 * it for all. Owned by the thread of the request.
 */
final class ReplyStream extends OutputStream {
    /** Shorter bodies grow by packing, or nearly. */
    static final int LEAST_PACKED = 512;

    private static final int PACK_BUFFER = 1 << 14;

    private final HttpServletResponse response;
    private final boolean packing;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(LEAST_PACKED);
    private @Nullable OutputStream rest; // null while the body is short
    private boolean whole;
    private boolean closed;

    /**
     * An empty body.
     *
     * @param accepted the header {@code Accept-Encoding}; null when there is none
     */
    ReplyStream(HttpServletResponse response, @Nullable String accepted) {
        this.response = response;
        packing = accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int begin, int length) throws IOException {
        if (rest == null && head.size() + length < LEAST_PACKED) {
            head.write(bytes, begin, length);
            return;
        }
        rest().write(bytes, begin, length);
    }

    private OutputStream rest() throws IOException {
        OutputStream open = rest;
        if (open == null) {
            open = response.getOutputStream();
            if (packing) {
                response.setHeader("Content-Encoding", "gzip");
                open = new GZIPOutputStream(open, PACK_BUFFER);
            }
            rest = open;
            head.writeTo(open);
        }
        return open;
    }

    /** All of it was given, but for what the generator still holds. */
    void whole() {
        whole = true;
    }

    /** The server tells of a failure, or breaks the connection if something is on its way. */
    private void abandon() {
        if (!response.isCommitted()) {
            response.reset();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return; // the generator closes it as well, and a body that is sent takes no more
        }
        closed = true;
        if (!whole) {
            abandon();
        } else if (rest == null) {
            response.setContentLength(head.size());
            head.writeTo(response.getOutputStream());
        } else {
            rest.close();
        }
    }
}
