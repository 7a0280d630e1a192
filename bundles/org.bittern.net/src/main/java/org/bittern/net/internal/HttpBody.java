package org.bittern.net.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One answer of HTTP/1.x (RFC 9112) whose body is passed on as it comes. One thread, used once. */
final class HttpBody {
    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_FIELDS = 100;
    private static final int MAX_INTERIM_ANSWERS = 4;
    private static final int COPY_BYTES = 1 << 16;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})(?: .*)?");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,8})\\s*(?:;.*)?");

    private final InputStream in;
    private final int status;
    private final Map<String, String> fields;
    private long left;

    private HttpBody(InputStream in, int status, Map<String, String> fields, long maxBytes) {
        this.in = in;
        this.status = status;
        this.fields = fields;
        left = maxBytes;
    }

    /**
     * Reads the head.
     *
     * @param in buffered
     * @throws IOException it is not HTTP, or cut off
     */
    static HttpBody begin(InputStream in, long maxBytes) throws IOException {
        int status = status(in);
        Map<String, String> fields = fields(in);
        for (int i = 0; status < 200 && i < MAX_INTERIM_ANSWERS; i++) {
            status = status(in);
            fields = fields(in);
        }
        return new HttpBody(in, status, fields, maxBytes);
    }

    int status() {
        return status;
    }

    /** Where a redirect leads. */
    Optional<String> redirect() {
        @Nullable String location = fields.get("location");
        return status / 100 == 3 ? Optional.ofNullable(location) : Optional.empty();
    }

    /** A header field, by its name in lower case. */
    Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Copies the body; returns its length. */
    long copyTo(OutputStream out) throws IOException {
        long most = left;
        String coding = fields.getOrDefault("transfer-encoding", "identity");
        String length = fields.get("content-length");
        if (coding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
            chunks(out);
        } else if (length != null) {
            if (!length.matches("\\d{1,18}")) {
                throw new IOException("the length of the answer is no number");
            }
            copy(Long.parseLong(length), out);
        } else {
            rest(out);
        }
        return most - left;
    }

    private void chunks(OutputStream out) throws IOException {
        while (true) {
            Matcher size = CHUNK_SIZE.matcher(line(in));
            if (!size.matches()) {
                throw new IOException("chunk without a size");
            }
            long bytes = Long.parseLong(size.group(1), 16);
            if (bytes == 0) {
                return; // trailers say nothing to us
            }
            copy(bytes, out);
            if (!line(in).isEmpty()) {
                throw new IOException("chunk of the wrong size");
            }
        }
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

    private static int status(InputStream in) throws IOException {
        Matcher matcher = STATUS_LINE.matcher(line(in));
        if (!matcher.matches()) {
            throw new IOException("the answer is not HTTP");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static Map<String, String> fields(InputStream in) throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i <= MAX_FIELDS; i++) {
            String line = line(in);
            if (line.isEmpty()) {
                return fields;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        throw new IOException("more than " + MAX_FIELDS + " header fields");
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the answer is cut off");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() >= MAX_LINE_BYTES) {
                throw new IOException("header line of more than " + MAX_LINE_BYTES + " bytes");
            }
            line.write(b);
        }
    }
}
