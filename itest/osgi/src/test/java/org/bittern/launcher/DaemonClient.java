package org.bittern.launcher;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What somebody outside sees of a daemon: Transmission's RPC. For any thread. */
final class DaemonClient {
    private static final String SESSION = "X-Transmission-Session-Id";
    private static final String CONNECTION = "connection.json";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CONFLICT = 409;
    private static final int MILLIS = 30_000;
    private static final ObjectMapper JSON = new ObjectMapper();

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
        byte[] body = JSON.writeValueAsBytes(Map.of("method", method, "arguments", arguments));
        HttpURLConnection call = post(body);
        if (call.getResponseCode() == CONFLICT) {
            session = call.getHeaderField(SESSION);
            call = post(body);
        }
        try (InputStream answer = call.getInputStream()) {
            JsonNode node = JSON.readTree(answer);
            if (!node.path("result").asText().equals("success")) {
                throw new IOException(node.path("result").asText());
            }
            return node.path("arguments");
        }
    }

    private HttpURLConnection post(byte[] body) throws IOException {
        HttpURLConnection call =
                (HttpURLConnection) root().resolve("/transmission/rpc").toURL().openConnection();
        call.setConnectTimeout(MILLIS);
        call.setReadTimeout(MILLIS);
        call.setRequestMethod("POST");
        call.setDoOutput(true);
        call.setRequestProperty("Content-Type", "application/json");
        call.setRequestProperty(SESSION, session);
        try (OutputStream out = call.getOutputStream()) {
            out.write(body);
        }
        return call;
    }

    /** The status code of a GET, whose body is read to its end. */
    int get(String path) throws IOException {
        HttpURLConnection call = (HttpURLConnection) root().resolve(path).toURL().openConnection();
        call.setReadTimeout(MILLIS);
        int code = call.getResponseCode();
        try (InputStream body =
                code < HttpURLConnection.HTTP_BAD_REQUEST
                        ? call.getInputStream()
                        : call.getErrorStream()) {
            if (body != null) {
                body.transferTo(OutputStream.nullOutputStream());
            }
        }
        return code;
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

    /** Adds a magnet link. */
    void add(String magnet) throws IOException {
        call("torrent-add", Map.of("filename", magnet));
    }
}
