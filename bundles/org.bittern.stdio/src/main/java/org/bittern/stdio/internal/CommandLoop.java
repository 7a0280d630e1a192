package org.bittern.stdio.internal;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.EngineException;
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

    /** The id of an answer to what nobody could read. */
    private static final Optional<String> NO_ID = Optional.of("null");

    private final ObjectMapper json = new ObjectMapper();
    private final LineReader lines;
    private final OutputStream out;
    private final Commands commands;
    private final ProcessControl process;

    CommandLoop(LineReader lines, OutputStream out, Commands commands, ProcessControl process) {
        this.lines = lines;
        this.out = out;
        this.commands = commands;
        this.process = process;
    }

    @Override
    public void run() {
        try {
            while (!lines.isClosed()) {
                if (!step()) {
                    commands.end();
                    process.exit(0);
                    return;
                }
            }
        } catch (IOException e) {
            log.warn("stdin or stdout is gone: {}", e.getMessage());
            process.exit(1);
        }
    }

    /** Ends the loop after the command that is being performed. */
    @Override
    public void close() {
        lines.close();
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
        } catch (LineReader.UnreadableLineException e) {
            write(refusal(ControlException.Code.INVALID_REQUEST, e.getMessage()), NO_ID);
            return true;
        }
        if (line.isEmpty()) {
            return lines.isClosed(); // then the process goes on, with a successor
        }
        return line.get().isBlank() || handle(line.get());
    }

    private boolean handle(String line) throws IOException {
        Request request;
        try {
            request = Request.parse(line);
        } catch (ControlException e) {
            write(refusal(e.code(), e.getMessage()), NO_ID);
            return true;
        }
        boolean shutdown = Commands.SHUTDOWN.equals(request.fields().get("cmd"));
        if (shutdown) {
            commands.end();
        }
        write(shutdown ? success(Map.of()) : answer(request.fields()), request.id());
        return !shutdown;
    }

    private Map<String, @Nullable Object> answer(Map<String, @Nullable Object> request) {
        try {
            return success(commands.perform(name(request), () -> params(request.get("params"))));
        } catch (ControlException e) {
            return refusal(e.code(), e.getMessage());
        } catch (EngineException e) {
            return refusal(ControlException.of(e).code(), e.getMessage());
        } catch (RuntimeException e) {
            log.error("command failed", e);
            return refusal(ControlException.Code.INTERNAL_ERROR, "the command failed, see the log");
        }
    }

    private static String name(Map<String, @Nullable Object> request) {
        Object name = request.get("cmd");
        if (name instanceof String text) {
            return text;
        }
        throw new ControlException(
                ControlException.Code.INVALID_REQUEST,
                name == null ? "'cmd' is missing" : "'cmd' must be a text");
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

    private void write(Map<String, @Nullable Object> answer, Optional<String> id)
            throws IOException {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        id.ifPresent(text -> line.put("id", new RawValue(text)));
        line.putAll(answer);
        byte[] bytes = json.writeValueAsBytes(line);
        byte[] ended = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, ended, 0, bytes.length);
        ended[bytes.length] = '\n';
        out.write(ended);
        out.flush();
    }
}
