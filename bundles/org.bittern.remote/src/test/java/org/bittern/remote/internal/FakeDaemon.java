package org.bittern.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Answers calls of the RPC with what a test has laid out, and remembers them. Thread-safe. */
final class FakeDaemon implements AutoCloseable {
    private static final String SESSION = "X-Transmission-Session-Id";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, Queue<String>> answers = Collections.synchronizedMap(new HashMap<>());
    private final List<JsonNode> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 200;

    FakeDaemon() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/transmission/rpc", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    /** The arguments of the next answers to a method; the last one stays. */
    FakeDaemon answers(String method, String... arguments) {
        answers.put(method, new ArrayDeque<>(List.of(arguments)));
        return this;
    }

    /** Every further answer has this status. */
    void refuses(int code) {
        status = code;
    }

    /** The calls of a method, in order: their arguments. */
    List<JsonNode> calls(String method) {
        return List.copyOf(calls).stream()
                .filter(call -> call.path("method").asText().equals(method))
                .map(call -> call.path("arguments"))
                .toList();
    }

    /** The only call of a method. */
    JsonNode call(String method) {
        List<JsonNode> found = calls(method);
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " calls of " + method);
        }
        return found.getFirst();
    }

    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(header == null ? "" : header);
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set(SESSION, "the-id");
            if (!"the-id".equals(exchange.getRequestHeaders().getFirst(SESSION))) {
                exchange.sendResponseHeaders(409, -1);
                return;
            }
            JsonNode call = MAPPER.readTree(body);
            calls.add(call);
            byte[] reply = reply(call.path("method").asText()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, reply.length);
            exchange.getResponseBody().write(reply);
        }
    }

    private String reply(String method) {
        Queue<String> waiting = answers.getOrDefault(method, new ArrayDeque<>(List.of("{}")));
        String arguments = waiting.size() > 1 ? waiting.remove() : waiting.element();
        return arguments.startsWith("!")
                ? "{\"result\":\"%s\",\"arguments\":{}}".formatted(arguments.substring(1))
                : "{\"result\":\"success\",\"arguments\":%s}".formatted(arguments);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
