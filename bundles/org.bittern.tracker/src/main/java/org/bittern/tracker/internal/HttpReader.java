package org.bittern.tracker.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.bittern.spi.net.HttpHead;

/**
 * Reads one answer of HTTP/1.x (RFC 9112) from a connection that ends with it. Every length is
 * checked before memory is reserved. One thread, used once.
 */
final class HttpReader {
    private static final int COPY_BYTES = 8192;

    private final InputStream in;
    private final int maxBytes;

    /**
     * A reader of answers whose body has at most {@code maxBytes}, before and after decompression.
     *
     * @param in buffered
     */
    HttpReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads the answer.
     *
     * @throws TrackerException it is not HTTP, too large or cut off
     */
    HttpReply read() throws IOException, TrackerException {
        try {
            HttpHead head = HttpHead.read(in);
            byte[] raw = head.body(in, maxBytes);
            return new HttpReply(
                    head.status(),
                    head.field("location"),
                    decoded(raw, head.field("content-encoding").orElse("")));
        } catch (ProtocolException e) {
            throw new TrackerException(String.valueOf(e.getMessage()), e);
        }
    }

    private byte[] decoded(byte[] raw, String coding) throws TrackerException {
        return switch (coding.toLowerCase(Locale.ROOT)) {
            case "", "identity" -> raw;
            case "gzip", "x-gzip" -> unzipped(raw);
            default -> throw new TrackerException("answer in a coding that we did not ask for");
        };
    }

    private byte[] unzipped(byte[] raw) throws TrackerException {
        if (raw.length == 0) {
            return raw;
        }
        byte[] plain;
        try (InputStream unzip = new GZIPInputStream(new ByteArrayInputStream(raw), COPY_BYTES)) {
            plain = unzip.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw new TrackerException("answer is no gzip", e);
        }
        if (plain.length > maxBytes) {
            throw new TrackerException("answer of more than " + maxBytes + " bytes");
        }
        return plain;
    }
}
