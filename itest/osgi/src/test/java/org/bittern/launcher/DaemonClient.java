package org.bittern.launcher;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * What somebody outside sees of a daemon: Transmission's RPC. For any thread. A request is sent
 * once, whatever becomes of it: the build tells {@link HttpClient} not to repeat any.
 */
final class DaemonClient {
    private static final String SESSION = "X-Transmission-Session-Id";
    private static final String CONNECTION = "connection.json";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(ANSWER_TIME)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    private final Path data;
    private volatile String session = "";

    private DaemonClient(Path data) {
        this.data = data;
    }

    /** Waits until the daemon with this data directory listens. */
    static DaemonClient of(Path data) {
        await().atMost(PATIENCE).until(() -> Files.exists(data.resolve(CONNECTION)));
        return new DaemonClient(data);
    }

    /** Where it listens now. */
    URI root() throws IOException {
        return URI.create("http://127.0.0.1:" + connection().path("port").asInt());
    }

    /** What extended methods and the WebSocket need. */
    String token() throws IOException {
        return connection().path("token").asText();
    }

    private JsonNode connection() throws IOException {
        return JSON.readTree(data.resolve(CONNECTION).toFile());
    }

    /**
     * Calls a method.
     *
     * @return its result
     * @throws IOException it is not there, or refuses
     */
    JsonNode call(String method, Map<String, Object> arguments) throws IOException {
        JsonNode answer = ask(method, arguments);
        if (!answer.path("result").asText().equals("success")) {
            throw new IOException(answer.path("result").asText());
        }
        return answer.path("arguments");
    }

    /**
     * Calls a method.
     *
     * @return the whole answer, a refusal too
     * @throws IOException it is not there
     */
    JsonNode ask(String method, Map<String, Object> arguments) throws IOException {
        byte[] body = JSON.writeValueAsBytes(Map.of("method", method, "arguments", arguments));
        HttpResponse<byte[]> answer = post(body);
        if (answer.statusCode() == CONFLICT) {
            session = answer.headers().firstValue(SESSION).orElse("");
            answer = post(body);
        }
        if (answer.statusCode() != OK) {
            throw new IOException("status " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    private HttpResponse<byte[]> post(byte[] body) throws IOException {
        HttpRequest.Builder request =
                request("/transmission/rpc")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!session.isEmpty()) {
            request.header(SESSION, session);
        }
        return answer(request);
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(root().resolve(path)).timeout(ANSWER_TIME);
    }

    private static HttpResponse<byte[]> answer(HttpRequest.Builder request) throws IOException {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The status code of a GET, whose body is read to its end. */
    int get(String path) throws IOException {
        return answer(request(path)).statusCode();
    }

    /** The one torrent that is there; missing while none is. */
    JsonNode torrent() throws IOException {
        return call(
                        "torrent-get",
                        Map.of(
                                "fields",
                                new String[] {
                                    "percentDone", "leftUntilDone", "errorString", "downloadDir",
                                    "rateDownload", "peersConnected", "haveValid",
                                            "metadataPercentComplete"
                                }))
                .path("torrents")
                .path(0);
    }

    /** Fields of one torrent; missing while it is not there. */
    JsonNode torrent(String id, String... fields) throws IOException {
        Map<String, Object> asked = Map.of("ids", List.of(id), "fields", fields);
        return call("torrent-get", asked).path("torrents").path(0);
    }

    /** Fields of all torrents. */
    JsonNode torrents(String... fields) throws IOException {
        return call("torrent-get", Map.of("fields", fields)).path("torrents");
    }

    /** Adds a magnet link. */
    void add(String magnet) throws IOException {
        call("torrent-add", Map.of("filename", magnet));
    }

    /** Adds a torrent whose file lies there, or shall. */
    void add(OwnTorrent torrent, Path directory) throws IOException {
        call(
                "torrent-add",
                Map.of(
                        "metainfo",
                        Base64.getEncoder().encodeToString(torrent.torrent()),
                        "download-dir",
                        directory.toString()));
    }
}
