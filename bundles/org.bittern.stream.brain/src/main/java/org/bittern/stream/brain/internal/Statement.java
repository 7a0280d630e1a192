package org.bittern.stream.brain.internal;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.OptionalLong;
import java.util.UUID;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.StreamFile;

/** What the brain says: a JSON object with a member {@code op}. Immutable. */
sealed interface Statement {
    /** A file can be streamed, or lies elsewhere now. */
    record Register(StreamFile file) implements Statement {}

    /** A file cannot be streamed any more. */
    record Unregister(String fileId) implements Statement {}

    /** A word about a window. */
    record Answer(UUID requestId, RangeAnswer answer) implements Statement {}

    /** The status of a window that nobody can decide about any more. */
    int UNAVAILABLE = 503;

    /** Its text. */
    default String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Question.JSON.createGenerator(text)) {
            json.writeStartObject();
            switch (this) {
                case Register register -> write(json, register.file());
                case Unregister gone -> {
                    json.writeStringField("op", "file_unregister");
                    json.writeStringField("fileId", gone.fileId());
                }
                case Answer answer -> write(json, answer);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot be written", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, StreamFile file) throws IOException {
        json.writeStringField("op", "file_register");
        json.writeStringField("fileId", file.id());
        json.writeStringField("path", file.path().toString());
        json.writeNumberField("length", file.lengthBytes());
        json.writeStringField("name", file.name());
        if (file.contentType().isPresent()) {
            json.writeStringField("contentType", file.contentType().get());
        }
        json.writeStringField("etag", file.etag());
        json.writeStringField("modified", file.modified().toString());
        json.writeStringField("group", file.group());
        json.writeStringField("groupName", file.groupName());
    }

    private static void write(JsonGenerator json, Answer said) throws IOException {
        switch (said.answer()) {
            case RangeAnswer.Available there -> granted(json, "range_available", there.end());
            case RangeAnswer.Ready there -> granted(json, "range_ready", there.end());
            case RangeAnswer.Block ignored -> json.writeStringField("op", "range_block");
            case RangeAnswer.Progress ignored -> json.writeStringField("op", "range_progress");
            case RangeAnswer.Reject no -> {
                json.writeStringField("op", "range_reject");
                if (no.status().isPresent()) {
                    json.writeNumberField("status", no.status().getAsInt());
                }
                json.writeStringField("reason", no.reason());
            }
            case RangeAnswer.Gone gone -> {
                json.writeStringField("op", "range_reject");
                json.writeNumberField("status", UNAVAILABLE);
                json.writeStringField("reason", gone.reason());
            }
        }
        json.writeStringField("requestId", said.requestId().toString());
    }

    private static void granted(JsonGenerator json, String op, OptionalLong end)
            throws IOException {
        json.writeStringField("op", op);
        if (end.isPresent()) {
            json.writeNumberField("end", end.getAsLong());
        }
    }
}
