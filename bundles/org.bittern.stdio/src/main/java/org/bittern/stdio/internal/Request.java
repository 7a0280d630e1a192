package org.bittern.stdio.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bittern.control.ControlException;
import org.bittern.control.Params;
import org.jspecify.annotations.Nullable;

/**
 * One line as it was meant.
 *
 * @param id its JSON text as it came, so that it is echoed unchanged whatever a reader would make
 *     of it; empty when there was none
 * @param fields the values by name, those that are null among them
 */
record Request(Optional<String> id, Map<String, @Nullable Object> fields) {
    private static final ObjectMapper JSON =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(Params.MAX_DEPTH)
                                            .maxTokenCount(Params.MAX_TOKENS)
                                            .build())
                            .build());

    /**
     * Reads a line.
     *
     * @throws ControlException INVALID_REQUEST: it is no JSON object, too deep or too wide
     */
    static Request parse(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refused("");
            }
            Optional<String> id = Optional.empty();
            Map<String, @Nullable Object> fields = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("id")) {
                    id = Optional.of(text(parser, line));
                } else {
                    fields.put(name, parser.readValueAs(Object.class));
                }
            }
            if (parser.nextToken() != null) {
                throw refused("");
            }
            return new Request(id, fields);
        } catch (JsonProcessingException e) {
            throw refused(": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot be read", e);
        }
    }

    /**
     * The text of the value at which the parser stands; a line has no end of line but in blanks.
     */
    private static String text(JsonParser parser, String line) throws IOException {
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getCharOffset();
        return line.substring(begin, end).replace('\r', ' ').strip();
    }

    private static ControlException refused(String why) {
        return new ControlException(
                ControlException.Code.INVALID_REQUEST, "not a JSON object" + why);
    }
}
