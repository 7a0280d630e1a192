package org.bittern.scaffold.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.bittern.control.ControlException;
import org.bittern.control.Params;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of calls within limits of size, time, depth and count. Thread-safe.
 *
 * <p>The limits keep hostile clients within the heap of 256 MiB: only {@value #LARGE_AT_ONCE}
 * bodies above {@value #LARGE_BYTES} bytes are read at the same time, the others wait their turn.
 */
final class Body {
    /** A torrent file of 10 MB in base64 with line breaks, and room for a path. */
    static final int MAX_BYTES = 16 << 20;

    static final int LARGE_BYTES = 1 << 20;
    static final int LARGE_AT_ONCE = 2;

    /** For the whole body, however steadily it trickles. */
    static final Duration MAX_TIME = Duration.ofSeconds(20);

    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);
    private static final int MAX_DEPTH = 100;
    private static final int MAX_TOKENS = 1_000_000;
    private static final int CHUNK_BYTES = 1 << 16;
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
            new TypeReference<>() {};

    private final ObjectMapper json =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxTokenCount(MAX_TOKENS)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);
    private final InstantSource clock;

    Body(InstantSource clock) {
        this.clock = clock;
    }

    /** The parameters of a call; an empty body is an empty object. */
    Params read(HttpServletRequest request) {
        if (request.getMethod().equals("GET")) {
            return new Params(query(request.getQueryString()));
        }
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        try {
            return new Params(object(request.getInputStream()));
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException
                    ? new Refused(408, "the body did not arrive")
                    : new Refused(400, "the body is not well formed");
        }
    }

    /**
     * Takes what is still coming of a body that was refused, for a moment: a client that sends all
     * before it reads would meet a broken connection instead of the answer.
     */
    void drain(HttpServletRequest request) {
        Instant deadline = clock.instant().plus(DRAIN_TIME);
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = request.getInputStream();
            while (in.read(chunk) >= 0 && clock.instant().isBefore(deadline)) {
                // only to let it pass
            }
        } catch (IOException e) {
            // The client has gone, which is all that was waited for.
        }
    }

    private Map<String, @Nullable Object> object(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Instant deadline = clock.instant().plus(MAX_TIME);
        boolean turn = false;
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                bytes.write(chunk, 0, count);
                if (bytes.size() > MAX_BYTES) {
                    throw tooLarge();
                }
                if (clock.instant().isAfter(deadline)) {
                    throw new Refused(408, "the body took longer than " + MAX_TIME);
                }
                if (!turn && bytes.size() > LARGE_BYTES) {
                    large.acquireUninterruptibly();
                    turn = true;
                }
            }
            return parse(bytes.toByteArray());
        } finally {
            if (turn) {
                large.release();
            }
        }
    }

    private Map<String, @Nullable Object> parse(byte[] bytes) throws IOException {
        if (new String(bytes, 0, Math.min(bytes.length, CHUNK_BYTES), StandardCharsets.UTF_8)
                .isBlank()) {
            return Map.of();
        }
        try {
            Map<String, @Nullable Object> object = json.readValue(bytes, OBJECT);
            if (object != null) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw notAnObject();
        }
        throw notAnObject();
    }

    /** Numbers of a query become numbers, so that a parameter is the same wherever it stands. */
    private static Map<String, Object> query(@Nullable String query) {
        Map<String, Object> values = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return values;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            values.put(decoded(name), value.matches("\\d{1,9}") ? Integer.valueOf(value) : value);
        }
        return values;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ControlException(
                    ControlException.Code.INVALID_REQUEST, "the query is not well formed");
        }
    }

    private static Refused tooLarge() {
        return new Refused(413, "a body may have " + MAX_BYTES + " bytes");
    }

    private static ControlException notAnObject() {
        return new ControlException(
                ControlException.Code.INVALID_REQUEST, "the body is not a JSON object");
    }
}
