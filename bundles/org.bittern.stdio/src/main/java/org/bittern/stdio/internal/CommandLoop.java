package org.bittern.stdio.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.host.ProcessControl;
import org.bittern.control.ControlException;
import org.bittern.control.Params;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads commands and writes answers, one a line, in order. Runs on a thread of its own, the only
 * one that touches the streams.
 */
final class CommandLoop implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandLoop.class);

    private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
            new TypeReference<>() {};

    private final ObjectMapper json =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private final LineReader lines;
    private final OutputStream out;
    private final Commands commands;
    private final ProcessControl process;
    private volatile boolean closed;

    CommandLoop(LineReader lines, OutputStream out, Commands commands, ProcessControl process) {
        this.lines = lines;
        this.out = out;
        this.commands = commands;
        this.process = process;
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                if (!step()) {
                    commands.stopEngine();
                    process.exit(0);
                    return;
                }
            }
        } catch (IOException e) {
            log.warn("stdin or stdout is gone: {}", e.getMessage());
            process.exit(1);
        }
    }

    /** Ends the loop after the line that is being waited for. */
    @Override
    public void close() {
        closed = true;
    }

    /**
     * Handles one line.
     *
     * @return false when the process should end
     */
    private boolean step() throws IOException {
        Optional<String> line;
        try {
            line = lines.next();
        } catch (LineReader.LineTooLongException e) {
            write(refusal(ControlException.Code.INVALID_REQUEST, e.getMessage()), null, true);
            return true;
        }
        if (line.isEmpty()) {
            return false;
        }
        return line.get().isBlank() || handle(line.get());
    }

    private boolean handle(String line) throws IOException {
        Map<String, @Nullable Object> request;
        try {
            request = json.readValue(line, OBJECT);
        } catch (JsonProcessingException e) {
            write(
                    refusal(
                            ControlException.Code.INVALID_REQUEST,
                            "not a JSON object: " + e.getOriginalMessage()),
                    null,
                    true);
            return true;
        }
        if (request == null) { // the literal null
            write(refusal(ControlException.Code.INVALID_REQUEST, "not a JSON object"), null, true);
            return true;
        }
        Object id = request.get("id");
        boolean shutdown = Commands.SHUTDOWN.equals(request.get("cmd"));
        write(shutdown ? shutdown() : answer(request), id, request.containsKey("id"));
        return !shutdown;
    }

    private Map<String, @Nullable Object> shutdown() {
        try {
            commands.stopEngine();
        } catch (ControlException e) {
            log.warn("the engine did not stop in order: {}", e.getMessage());
        }
        return success(Map.of());
    }

    private Map<String, @Nullable Object> answer(Map<String, @Nullable Object> request) {
        try {
            if (!(request.get("cmd") instanceof String name)) {
                return refusal(ControlException.Code.INVALID_REQUEST, "'cmd' is missing");
            }
            return success(commands.perform(name, params(request.get("params"))));
        } catch (ControlException e) {
            return refusal(e.code(), e.getMessage());
        } catch (IllegalStateException e) {
            log.error("command failed", e);
            return refusal(ControlException.Code.INTERNAL_ERROR, e.getMessage());
        }
    }

    private Params params(@Nullable Object params) {
        if (params == null) {
            return new Params(Map.of());
        }
        if (params instanceof Map<?, ?>) {
            return new Params(json.convertValue(params, OBJECT));
        }
        throw new ControlException(
                ControlException.Code.INVALID_REQUEST, "'params' must be an object");
    }

    private static Map<String, @Nullable Object> success(
            Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        answer.putAll(fields);
        return answer;
    }

    private static Map<String, @Nullable Object> refusal(
            ControlException.Code code, @Nullable String message) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("ok", false);
        answer.put("error", message);
        answer.put("code", code.text());
        return answer;
    }

    private void write(Map<String, @Nullable Object> answer, @Nullable Object id, boolean withId)
            throws IOException {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        if (withId) {
            line.put("id", id);
        }
        line.putAll(answer);
        byte[] bytes = json.writeValueAsBytes(line);
        byte[] ended = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, ended, 0, bytes.length);
        ended[bytes.length] = '\n';
        out.write(ended);
        out.flush();
    }
}
