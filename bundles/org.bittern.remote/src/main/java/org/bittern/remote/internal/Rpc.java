package org.bittern.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;

/**
 * A daemon, spoken to in the older dialect of Transmission's RPC, which every Transmission knows.
 * Used by one thread.
 */
final class Rpc implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Long, as the daemon may have to fetch a torrent file first. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(2);

    /** Largest answer, in bytes: five times what `ls` needs for 10,000 torrents. */
    private static final int MAX_ANSWER_BYTES = 32 << 20;

    private static final String SESSION_HEADER = "X-Transmission-Session-Id";

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int MISDIRECTED = 421;
    private static final int TOO_MANY = 429;

    private final ObjectMapper mapper = new ObjectMapper();
    private final DaemonPlace place;
    private final HttpClient http;
    private String sessionId = "";

    Rpc(DaemonPlace place) {
        this.place = place;
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build();
    }

    DaemonPlace place() {
        return place;
    }

    /** A new object for arguments. */
    static ObjectNode arguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Calls a method without arguments. */
    JsonNode call(String method) {
        return call(method, arguments());
    }

    /**
     * Calls a method.
     *
     * @return the arguments of the answer
     * @throws CommandFailure there is no daemon, it lets nobody in, or it refused
     */
    JsonNode call(String method, ObjectNode arguments) {
        ObjectNode message = arguments();
        message.put("method", method);
        message.set("arguments", arguments);
        byte[] body = message.toString().getBytes(StandardCharsets.UTF_8);
        HttpResponse<InputStream> answer = send(body);
        if (answer.statusCode() == CONFLICT) {
            sessionId = answer.headers().firstValue(SESSION_HEADER).orElse("");
            drain(answer);
            answer = send(body);
        }
        JsonNode reply = read(answer);
        String result = reply.path("result").asText("");
        if (!result.equals("success")) {
            String said = reply.path("arguments").path("message").asText(result);
            throw new CommandFailure(
                    said.isEmpty() ? "the daemon's answer is none" : Printable.line(said));
        }
        return reply.path("arguments");
    }

    private HttpResponse<InputStream> send(byte[] body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(place.rpc())
                        .timeout(ANSWER_TIMEOUT)
                        .header("Content-Type", "application/json")
                        .header(SESSION_HEADER, sessionId)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        place.authorization().ifPresent(value -> request.header("Authorization", value));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpTimeoutException e) {
            throw new CommandFailure(
                    "no daemon answers at " + place.rpc(), e, DaemonPlace.EXIT_NO_DAEMON);
        } catch (IOException e) {
            throw new CommandFailure(
                    "what answers at " + place.rpc() + " is no daemon: " + reason(e),
                    e,
                    DaemonPlace.EXIT_NO_DAEMON);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    private JsonNode read(HttpResponse<InputStream> answer) {
        try (InputStream in = answer.body()) {
            if (answer.statusCode() != OK) {
                throw new CommandFailure(refusal(answer.statusCode()));
            }
            byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw new CommandFailure(
                        "the answer has more than " + MAX_ANSWER_BYTES + " bytes; ask for less");
            }
            return mapper.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new CommandFailure("what answers at " + place.rpc() + " speaks no JSON", e);
        } catch (IOException e) {
            throw new CommandFailure("the daemon went away while it answered", e);
        }
    }

    private String refusal(int status) {
        return switch (status) {
            case UNAUTHORIZED ->
                    place.authorization().isEmpty()
                            ? "the daemon asks for a password: "
                                    + DaemonPlace.LOGIN_VARIABLE
                                    + "=user:password"
                            : "the daemon does not accept this password or token";
            case FORBIDDEN -> "the daemon lets nobody in from this address";
            case NOT_FOUND -> "there is no RPC at " + place.rpc();
            case CONFLICT -> "the daemon does not accept its own session id";
            case MISDIRECTED -> "the daemon does not go by the name " + place.rpc().getHost();
            case TOO_MANY -> "the daemon has seen too many wrong passwords; try again later";
            default -> "the daemon answers with HTTP status " + status;
        };
    }

    private static void drain(HttpResponse<InputStream> answer) {
        try (InputStream in = answer.body()) {
            in.readNBytes(MAX_ANSWER_BYTES);
        } catch (IOException e) {
            throw new CommandFailure("the daemon went away while it answered", e);
        }
    }

    private static String reason(IOException failure) {
        return Printable.line(String.valueOf(failure.getMessage()));
    }

    @Override
    public void close() {
        http.close();
    }
}
