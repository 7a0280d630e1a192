package org.bittern.tracker.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Reads one answer of HTTP/1.x (RFC 9112) from a connection that ends with it. Every length is
 * checked before memory is reserved. One thread, used once.
 */
final class HttpReader {
    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_FIELDS = 100;
    private static final int MAX_INTERIM_ANSWERS = 4;
    private static final int COPY_BYTES = 8192;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})(?: .*)?");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,8})\\s*(?:;.*)?");

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
        int status = status();
        Map<String, String> fields = fields();
        for (int i = 0; status < 200 && i < MAX_INTERIM_ANSWERS; i++) {
            status = status();
            fields = fields();
        }
        byte[] raw = body(fields);
        return new HttpReply(
                status,
                Optional.ofNullable(fields.get("location")),
                decoded(raw, fields.getOrDefault("content-encoding", "")));
    }

    private int status() throws IOException, TrackerException {
        Matcher matcher = STATUS_LINE.matcher(line());
        if (!matcher.matches()) {
            throw new TrackerException("answer is not HTTP");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private Map<String, String> fields() throws IOException, TrackerException {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i <= MAX_FIELDS; i++) {
            String line = line();
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
        throw new TrackerException("more than " + MAX_FIELDS + " header fields");
    }

    private String line() throws IOException, TrackerException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new TrackerException("answer is cut off");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() >= MAX_LINE_BYTES) {
                throw new TrackerException("header line of more than " + MAX_LINE_BYTES + " bytes");
            }
            line.write(b);
        }
    }

    private byte[] body(Map<String, String> fields) throws IOException, TrackerException {
        String coding = fields.getOrDefault("transfer-encoding", "identity");
        if (coding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
            return chunks();
        }
        String length = fields.get("content-length");
        if (length == null) {
            byte[] all = in.readNBytes(maxBytes + 1);
            requireSize(all.length);
            return all;
        }
        if (!length.matches("\\d{1,18}")) {
            throw new TrackerException("length of the answer is no number");
        }
        long bytes = Long.parseLong(length);
        requireSize(bytes);
        return exactly((int) bytes);
    }

    private byte[] chunks() throws IOException, TrackerException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(COPY_BYTES);
        while (true) {
            Matcher size = CHUNK_SIZE.matcher(line());
            if (!size.matches()) {
                throw new TrackerException("chunk without a size");
            }
            long bytes = Long.parseLong(size.group(1), 16);
            if (bytes == 0) {
                return body.toByteArray(); // trailers say nothing to us
            }
            requireSize(body.size() + bytes);
            body.writeBytes(exactly((int) bytes));
            if (!line().isEmpty()) {
                throw new TrackerException("chunk of the wrong size");
            }
        }
    }

    private byte[] exactly(int bytes) throws IOException, TrackerException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new TrackerException("answer is cut off");
        }
        return read;
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
        requireSize(plain.length);
        return plain;
    }

    private void requireSize(long bytes) throws TrackerException {
        if (bytes > maxBytes) {
            throw new TrackerException("answer of more than " + maxBytes + " bytes");
        }
    }
}
