package org.bittern.spi.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an answer of HTTP/1.x (RFC 9112), for who reads answers of strangers by hand: no line
 * and no number of lines is longer than a limit. What is no HTTP is a {@link ProtocolException}
 * with one line, fit for users. Immutable.
 *
 * @param fields by their names in lower case; of those that came twice, the first
 */
public record HttpHead(int status, Map<String, String> fields) {
    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_FIELDS = 100;
    private static final int COPY_BYTES = 8192;
    private static final int MAX_INTERIM_ANSWERS = 4;
    private static final int FIRST_FINAL_STATUS = 200;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})(?: .*)?");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,8})\\s*(?:;.*)?");

    public HttpHead {
        fields = Map.copyOf(fields);
    }

    /**
     * Reads the head of the answer that counts: a few interim ones may come before.
     *
     * @param in buffered; is left at the first byte of the body
     */
    public static HttpHead read(InputStream in) throws IOException {
        HttpHead head = one(in);
        for (int i = 0; head.status < FIRST_FINAL_STATUS && i < MAX_INTERIM_ANSWERS; i++) {
            head = one(in);
        }
        return head;
    }

    private static HttpHead one(InputStream in) throws IOException {
        Matcher matcher = STATUS_LINE.matcher(line(in));
        if (!matcher.matches()) {
            throw new ProtocolException("answer is not HTTP");
        }
        return new HttpHead(Integer.parseInt(matcher.group(1)), fields(in));
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
        throw new ProtocolException("more than " + MAX_FIELDS + " header fields");
    }

    /** A field, by its name in lower case. */
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Whether the body comes in chunks, each after its {@link #chunkSize}. */
    public boolean isChunked() {
        return field("transfer-encoding")
                .map(coding -> coding.toLowerCase(Locale.ROOT))
                .filter(coding -> coding.endsWith("chunked"))
                .isPresent();
    }

    /** Bytes of a body without chunks; empty when it ends with the connection. */
    public OptionalLong length() throws ProtocolException {
        Optional<String> length = field("content-length");
        if (length.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!length.get().matches("\\d{1,18}")) {
            throw new ProtocolException("length of the answer is no number");
        }
        return OptionalLong.of(Long.parseLong(length.get()));
    }

    /** Reads the size of the next chunk in bytes; 0 is the end of the body. */
    public static long chunkSize(InputStream in) throws IOException {
        Matcher size = CHUNK_SIZE.matcher(line(in));
        if (!size.matches()) {
            throw new ProtocolException("chunk without a size");
        }
        return Long.parseLong(size.group(1), 16);
    }

    /** Reads the end of a chunk whose bytes were read. */
    public static void endOfChunk(InputStream in) throws IOException {
        if (!line(in).isEmpty()) {
            throw new ProtocolException("chunk of the wrong size");
        }
    }

    /**
     * Reads the body, of which each length is checked before memory is reserved.
     *
     * @param in is behind the head
     * @param most bytes; a longer one is a ProtocolException, as one that is cut off is
     */
    public byte[] body(InputStream in, int most) throws IOException {
        if (isChunked()) {
            return chunks(in, most);
        }
        OptionalLong length = length();
        if (length.isPresent()) {
            return exactly(in, length.getAsLong(), most);
        }
        byte[] all = in.readNBytes(most + 1);
        requireSize(all.length, most);
        return all;
    }

    private static byte[] chunks(InputStream in, int most) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(COPY_BYTES);
        for (long bytes = chunkSize(in); bytes > 0; bytes = chunkSize(in)) {
            requireSize(body.size() + bytes, most);
            body.writeBytes(exactly(in, bytes, most));
            endOfChunk(in);
        }
        return body.toByteArray(); // trailers say nothing to us
    }

    private static byte[] exactly(InputStream in, long bytes, int most) throws IOException {
        requireSize(bytes, most);
        byte[] read = in.readNBytes((int) bytes);
        if (read.length < bytes) {
            throw new ProtocolException("answer is cut off");
        }
        return read;
    }

    private static void requireSize(long bytes, int most) throws ProtocolException {
        if (bytes > most) {
            throw new ProtocolException("answer of more than " + most + " bytes");
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new ProtocolException("answer is cut off");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() >= MAX_LINE_BYTES) {
                throw new ProtocolException(
                        "header line of more than " + MAX_LINE_BYTES + " bytes");
            }
            line.write(b);
        }
    }
}
