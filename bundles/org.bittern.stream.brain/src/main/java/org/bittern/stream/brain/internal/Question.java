package org.bittern.stream.brain.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.bittern.api.stream.RangeRequest;

/** What the I/O side says: a JSON object with a member {@code op}. */
sealed interface Question {
    /** A client waits for a window. */
    record Request(RangeRequest window) implements Question {}

    /** That client has gone. */
    record Cancel(UUID requestId) implements Question {}

    /** It cannot be understood. */
    record Unusable(String why) implements Question {}

    /** Longer messages end the connection; the longest that has a meaning is a tenth of it. */
    int MOST_CHARS = 4096;

    /** Takes no member twice: which would count? */
    JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** Reads one message; whatever it is. */
    static Question parse(String text) {
        Map<String, String> texts = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Unusable("no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    texts.put(name, parser.getText());
                } else if (value == JsonToken.VALUE_NUMBER_INT) {
                    numbers.put(name, parser.getLongValue());
                } else {
                    parser.skipChildren(); // no member of ours is like that
                }
            }
            if (parser.nextToken() != null) {
                return new Unusable("more than one object");
            }
        } catch (IOException e) {
            return new Unusable("no JSON");
        }
        try {
            return meaning(texts, numbers);
        } catch (IllegalArgumentException e) {
            return new Unusable(String.valueOf(e.getMessage()));
        }
    }

    private static Question meaning(Map<String, String> texts, Map<String, Long> numbers) {
        return switch (texts.getOrDefault("op", "")) {
            case "range_request" ->
                    new Request(
                            new RangeRequest(
                                    texts.getOrDefault("fileId", ""),
                                    numbers.getOrDefault("start", -1L),
                                    numbers.getOrDefault("end", -1L),
                                    requestId(texts)));
            case "range_cancel" -> new Cancel(requestId(texts));
            default -> new Unusable("unknown op");
        };
    }

    private static UUID requestId(Map<String, String> texts) {
        return UUID.fromString(texts.getOrDefault("requestId", ""));
    }
}
