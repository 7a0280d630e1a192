package org.bittern.scaffold.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
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
 * <p>The limits keep hostile clients within the heap of 256 MiB: of bodies above {@value
 * #LARGE_BYTES} bytes only {@value #LARGE_AT_ONCE} is parsed at a time, the others wait their turn.
 */
final class Body {
    static final int LARGE_BYTES = 1 << 20;
    static final int LARGE_AT_ONCE = 1;

    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);
    private static final int CHUNK_BYTES = 1 << 16;
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
            new TypeReference<>() {};

    private final ObjectMapper json =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(Params.MAX_DEPTH)
                                                    .maxTokenCount(Params.MAX_TOKENS)
                                                    .build())
                                    .build())
                    // Or a body that is too large would look like one that is not JSON.
                    .disable(DeserializationFeature.WRAP_EXCEPTIONS)
                    .build();

    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);
    private final Limits limits;
    private final InstantSource clock;

    Body(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** The parameters of a call; an empty body is an empty object. */
    Params read(HttpServletRequest request) {
        if (request.getMethod().equals("GET")) {
            return new Params(query(request.getQueryString()));
        }
        if (request.getContentLengthLong() > limits.bytes()) {
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
     * Takes what is still coming of a body that was not read to its end, for a moment: a client
     * that sends all before it reads would meet a broken connection instead of the answer.
     */
    void drain(HttpServletRequest request) {
        if (request.getHeader("Expect") != null) {
            return; // it waits for leave to send, and has got the answer instead
        }
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
        try (Limited limited = new Limited(in);
                JsonParser parser = json.createParser(limited)) {
            if (parser.nextToken() == null) {
                return Map.of();
            }
            Map<String, @Nullable Object> object = json.readValue(parser, OBJECT);
            if (object == null || parser.nextToken() != null) {
                throw notAnObject();
            }
            return object;
        } catch (JsonProcessingException e) {
            throw notAnObject();
        }
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

    private Refused tooLarge() {
        return new Refused(413, "a body may have " + limits.bytes() + " bytes");
    }

    private static ControlException notAnObject() {
        return new ControlException(
                ControlException.Code.INVALID_REQUEST, "the body is not a JSON object");
    }

    /** The bytes of one body, which are parsed as they come and never kept. */
    private final class Limited extends InputStream {
        private final InputStream in;
        private final Instant deadline = clock.instant().plus(limits.time());
        private long count;
        private boolean holdsTurn;

        Limited(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int begin, int length) throws IOException {
            int read = in.read(bytes, begin, length);
            count += Math.max(read, 0);
            if (count > limits.bytes()) {
                throw tooLarge();
            }
            if (clock.instant().isAfter(deadline)) {
                throw new Refused(408, "the body took longer than " + limits.time());
            }
            if (count > LARGE_BYTES && !holdsTurn) {
                large.acquireUninterruptibly();
                holdsTurn = true;
            }
            return read;
        }

        @Override
        public void close() {
            if (holdsTurn) {
                holdsTurn = false;
                large.release();
            }
        }
    }
}
