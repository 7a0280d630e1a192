package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.EngineException;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.Names;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Envelopes: what a body asks for, and what is answered around the results. Knows no HTTP.
 * Thread-safe.
 */
final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    /** Requests of one batch. */
    static final int MAX_BATCH = 1000;

    private static final String VERSION = "2.0";

    private final Methods methods;

    Dispatcher(Methods methods) {
        this.methods = methods;
    }

    /**
     * Who calls.
     *
     * @param trusted showed the token
     */
    record Caller(boolean trusted, String sessionId) {}

    /** The caller needs the token for what it asks: nothing was done. */
    static final class TokenNeeded extends Exception {
        private static final long serialVersionUID = 1L;

        TokenNeeded() {
            super("the token is needed");
        }
    }

    /** One reply; empty when nothing is to be answered. */
    interface Reply {
        void write(JsonGenerator json) throws IOException;

        /** To be done once it was sent. */
        default void sent() {
            // nothing, mostly
        }
    }

    /** Performs what a parsed body asks for. */
    Optional<Reply> handle(@Nullable Object body, Caller caller) throws TokenNeeded {
        return switch (body) {
            case Map<?, ?> one when one.containsKey("jsonrpc") -> modern(one, caller);
            case Map<?, ?> one -> Optional.of(legacy(one, caller));
            case List<?> batch -> batch(batch, caller);
            case null, default ->
                    Optional.of(
                            failure(
                                    null,
                                    new RpcException(
                                            RpcError.INVALID_REQUEST,
                                            "request must be an Object")));
        };
    }

    /** The reply to a body that could not be read. */
    static Reply failure(@Nullable Object id, RpcException e) {
        return json -> {
            json.writeStartObject();
            json.writeStringField("jsonrpc", VERSION);
            RpcWriter out = new RpcWriter(json, Dialect.JSON_RPC);
            json.writeObjectFieldStart("error");
            json.writeNumberField("code", e.error().code());
            json.writeStringField("message", e.error().message());
            json.writeObjectFieldStart("data");
            json.writeStringField("error_string", e.text());
            if (!e.details().isEmpty()) {
                out.field("result");
                out.value(e.details());
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeFieldName("id");
            out.value(id);
            json.writeEndObject();
        };
    }

    private Optional<Reply> batch(List<?> batch, Caller caller) throws TokenNeeded {
        if (batch.isEmpty() || batch.size() > MAX_BATCH) {
            String why =
                    batch.isEmpty()
                            ? "a batch must not be empty"
                            : "a batch may have " + MAX_BATCH + " requests";
            return Optional.of(failure(null, new RpcException(RpcError.INVALID_REQUEST, why)));
        }
        for (Object element : batch) {
            if (element instanceof Map<?, ?> one && one.get("method") instanceof String name) {
                demandToken(methods.named(name), caller); // before any of them is performed
            }
        }
        List<Reply> replies = new ArrayList<>();
        for (Object element : batch) {
            Optional<Reply> reply =
                    element instanceof Map<?, ?> one ? modern(one, caller) : handleOdd();
            reply.ifPresent(replies::add);
        }
        return replies.isEmpty() ? Optional.empty() : Optional.of(new Several(replies));
    }

    private static void demandToken(Optional<RpcMethod> method, Caller caller) throws TokenNeeded {
        if (!caller.trusted() && method.filter(RpcMethod::extended).isPresent()) {
            throw new TokenNeeded();
        }
    }

    private static Optional<Reply> handleOdd() {
        return Optional.of(
                failure(
                        null,
                        new RpcException(RpcError.INVALID_REQUEST, "request must be an Object")));
    }

    private record Several(List<Reply> replies) implements Reply {
        @Override
        public void write(JsonGenerator json) throws IOException {
            json.writeStartArray();
            for (Reply reply : replies) {
                reply.write(json);
            }
            json.writeEndArray();
        }

        @Override
        public void sent() {
            replies.forEach(Reply::sent);
        }
    }

    private Optional<Reply> modern(Map<?, ?> call, Caller caller) throws TokenNeeded {
        Object id = call.get("id");
        boolean silent = !call.containsKey("id");
        RpcException wrong = null;
        if (!(id == null || id instanceof String || id instanceof Number)) {
            id = null;
            wrong = new RpcException(RpcError.INVALID_REQUEST, "id must be a text or a number");
        } else if (!VERSION.equals(call.get("jsonrpc"))) {
            wrong = new RpcException(RpcError.INVALID_REQUEST, "JSON-RPC version is not 2.0");
        } else if (!(call.get("method") instanceof String)) {
            wrong = new RpcException(RpcError.INVALID_REQUEST, "method must be a text");
        }
        if (wrong != null) {
            return Optional.of(failure(id, wrong));
        }
        String name = String.valueOf(call.get("method"));
        // Other spellings are other names here, and there are none.
        Optional<RpcMethod> method =
                Names.snake(name).equals(name) ? methods.named(name) : Optional.empty();
        Arguments arguments = arguments(call.get("params"), Dialect.JSON_RPC);
        Reply reply = perform(method, arguments, caller, id);
        if (silent) {
            reply.sent();
            return Optional.empty();
        }
        return Optional.of(reply);
    }

    private static Arguments arguments(@Nullable Object value, Dialect dialect) {
        return value instanceof Map<?, ?> map ? Arguments.of(map, dialect) : Arguments.NONE;
    }

    private Reply perform(
            Optional<RpcMethod> method, Arguments arguments, Caller caller, @Nullable Object id)
            throws TokenNeeded {
        RpcRequest request =
                new RpcRequest(Dialect.JSON_RPC, arguments, caller.trusted(), caller.sessionId());
        try {
            if (method.isEmpty()) {
                throw new RpcException(RpcError.METHOD_NOT_FOUND, "no such method");
            }
            RpcAnswer answer = performed(method.get(), request);
            return new Performed(method.get(), request) {
                @Override
                public void write(JsonGenerator json) throws IOException {
                    json.writeStartObject();
                    json.writeStringField("jsonrpc", VERSION);
                    json.writeObjectFieldStart("result");
                    answer.write(new RpcWriter(json, Dialect.JSON_RPC));
                    json.writeEndObject();
                    json.writeFieldName("id");
                    new RpcWriter(json, Dialect.JSON_RPC).value(id);
                    json.writeEndObject();
                }
            };
        } catch (RpcException e) {
            return failure(id, e);
        }
    }

    private Reply legacy(Map<?, ?> call, Caller caller) throws TokenNeeded {
        Object tag = call.get("tag");
        if (!(call.get("method") instanceof String name)) {
            return legacyFailure("no method name", Map.of(), tag);
        }
        Optional<RpcMethod> method = methods.named(Names.snake(name));
        if (method.isEmpty()) {
            return legacyFailure("method name not recognized", Map.of(), tag);
        }
        RpcRequest request =
                new RpcRequest(
                        Dialect.LEGACY,
                        arguments(call.get("arguments"), Dialect.LEGACY),
                        caller.trusted(),
                        caller.sessionId());
        try {
            RpcAnswer answer = performed(method.get(), request);
            return new Performed(method.get(), request) {
                @Override
                public void write(JsonGenerator json) throws IOException {
                    writeLegacy(json, answer, "success", tag);
                }
            };
        } catch (RpcException e) {
            if (method.get().extended()) {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("message", e.text());
                told.putAll(e.details());
                return legacyFailure(e.result(), told, tag);
            }
            return legacyFailure(e.text(), e.details(), tag);
        }
    }

    private static RpcAnswer performed(RpcMethod method, RpcRequest request)
            throws RpcException, TokenNeeded {
        if (method.extended() && !request.trusted()) {
            throw new TokenNeeded();
        }
        try {
            return method.perform(request);
        } catch (EngineException e) {
            throw method.extended() ? extended(e) : Engines.refusal(e);
        } catch (RuntimeException e) {
            log.error("{} failed", method.name(), e);
            throw method.extended()
                    ? Problem.FAILED.refusal("see the log")
                    : new RpcException(RpcError.INTERNAL, "the call failed, see the log");
        }
    }

    private static RpcException extended(EngineException e) {
        String detail = String.valueOf(e.getMessage());
        return switch (e.code()) {
            case ENGINE_NOT_RUNNING, ENGINE_ALREADY_RUNNING -> Problem.ENGINE_UNAVAILABLE.refusal();
            case INVALID_ARGUMENT, TORRENT_NOT_FOUND, INVALID_TORRENT, INVALID_PATH, PORT_IN_USE ->
                    Problem.INVALID_ARGUMENT.refusal(detail);
            case UNSUPPORTED -> Problem.NOT_SUPPORTED.refusal(detail);
            case DISK, BUSY, INTERNAL -> Problem.FAILED.refusal(detail);
        };
    }

    private static Reply legacyFailure(
            String result, Map<String, ?> details, @Nullable Object tag) {
        return json -> writeLegacy(json, RpcAnswer.of(details), result, tag);
    }

    private static void writeLegacy(
            JsonGenerator json, RpcAnswer answer, String result, @Nullable Object tag)
            throws IOException {
        RpcWriter out = new RpcWriter(json, Dialect.LEGACY);
        json.writeStartObject();
        json.writeObjectFieldStart("arguments");
        answer.write(out);
        json.writeEndObject();
        json.writeStringField("result", result);
        if (tag != null) {
            json.writeFieldName("tag");
            out.value(tag);
        }
        json.writeEndObject();
    }

    /** A call that succeeded. */
    private abstract static class Performed implements Reply {
        private final RpcMethod method;
        private final RpcRequest request;

        Performed(RpcMethod method, RpcRequest request) {
            this.method = method;
            this.request = request;
        }

        @Override
        public void sent() {
            method.answered(request);
        }
    }
}
