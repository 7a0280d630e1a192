package org.bittern.stream.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;

/** What a brain says, and what is said to it: JSON objects with a member {@code op}. */
sealed interface Message {
    /** An answer to a request. */
    record Answer(UUID requestId, RangeAnswer answer) implements Message {}

    /** A file can be streamed. */
    record Register(StreamFile file) implements Message {}

    /** A file cannot be streamed any more. */
    record Unregister(String fileId) implements Message {}

    /** It cannot be understood. */
    record Unusable(String why) implements Message {}

    /** Takes one object and nothing behind it, with no member twice: which would count? */
    ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** Letters that mean nothing in a URL. */
    Pattern ID = Pattern.compile("[A-Za-z0-9._~-]{1,200}");

    int MOST_NAME_CHARS = 4096;

    static Message parse(String text) {
        try {
            JsonNode fields = JSON.readTree(text);
            return switch (text(fields, "op")) {
                case "range_available" -> answer(fields, new RangeAnswer.Available(end(fields)));
                case "range_block" -> answer(fields, new RangeAnswer.Block());
                case "range_progress" -> answer(fields, new RangeAnswer.Progress());
                case "range_ready" -> answer(fields, new RangeAnswer.Ready(end(fields)));
                case "range_reject" ->
                        answer(
                                fields,
                                new RangeAnswer.Reject(
                                        status(fields),
                                        name(fields, "reason").orElse("the brain rejects it")));
                case "file_register" -> register(fields);
                case "file_unregister" -> new Unregister(text(fields, "fileId"));
                default -> new Unusable("unknown op");
            };
        } catch (JsonProcessingException e) {
            return new Unusable("no JSON");
        } catch (IllegalArgumentException | DateTimeException e) {
            return new Unusable(String.valueOf(e.getMessage()));
        }
    }

    /** A member that is a text; empty when it is absent or anything else. */
    private static String text(JsonNode fields, String member) {
        JsonNode value = fields.path(member);
        return value.isTextual() ? value.textValue() : "";
    }

    private static Message answer(JsonNode fields, RangeAnswer answer) {
        return new Answer(UUID.fromString(text(fields, "requestId")), answer);
    }

    private static OptionalLong end(JsonNode fields) {
        JsonNode end = fields.path("end");
        return end.isIntegralNumber() && end.canConvertToLong() && end.asLong() >= 0
                ? OptionalLong.of(end.asLong())
                : OptionalLong.empty();
    }

    /** Those that the I/O side can give; others are its own choice. */
    private static OptionalInt status(JsonNode fields) {
        JsonNode told = fields.path("status");
        int status = told.isIntegralNumber() ? told.asInt() : 0;
        return status == 404 || status == 416 || status == 503
                ? OptionalInt.of(status)
                : OptionalInt.empty();
    }

    /** A text of one line. */
    private static Optional<String> name(JsonNode fields, String member) {
        String text = text(fields, member);
        return text.isEmpty() || text.length() > MOST_NAME_CHARS
                ? Optional.empty()
                : Optional.of(inOneLine(text));
    }

    private static String inOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static Message register(JsonNode fields) {
        String id = id(fields, "fileId");
        JsonNode length = fields.path("length");
        if (!length.isIntegralNumber() || !length.canConvertToLong()) {
            return new Unusable("length is no number of bytes");
        }
        Path path;
        try {
            path = Path.of(text(fields, "path")).normalize();
        } catch (InvalidPathException e) {
            return new Unusable("no path");
        }
        String last = inOneLine(String.valueOf(path.getFileName()));
        String group = fields.has("group") ? id(fields, "group") : id;
        return new Register(
                new StreamFile(
                        id,
                        group,
                        name(fields, "groupName").orElse(group),
                        path,
                        name(fields, "name").orElse(last),
                        length.asLong(),
                        name(fields, "contentType").filter(Message::isMediaType),
                        name(fields, "etag").filter(Message::isTag).orElse(id + "-" + length),
                        name(fields, "modified").map(Instant::parse).orElse(Instant.EPOCH)));
    }

    private static String id(JsonNode fields, String member) {
        String id = text(fields, member);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(member + " is none");
        }
        return id;
    }

    private static boolean isMediaType(String text) {
        return text.matches("[!-~]+/[!-~]+(;[ -~]*)?");
    }

    private static boolean isTag(String text) {
        return text.matches("[!#-~]+");
    }

    static String request(RangeRequest request) {
        ObjectNode fields = JSON.createObjectNode();
        fields.put("op", "range_request");
        fields.put("fileId", request.fileId());
        fields.put("start", request.start());
        fields.put("end", request.end());
        fields.put("requestId", request.requestId().toString());
        return fields.toString();
    }

    static String cancel(UUID requestId) {
        ObjectNode fields = JSON.createObjectNode();
        fields.put("op", "range_cancel");
        fields.put("requestId", requestId.toString());
        return fields.toString();
    }
}
