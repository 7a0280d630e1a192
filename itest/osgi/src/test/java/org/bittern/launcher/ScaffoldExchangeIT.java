package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
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
import java.util.Random;
import java.util.TreeMap;
import org.bittern.demo.Exchange;
import org.bittern.itest.osgi.HttpEndpoint;
import org.bittern.itest.osgi.Limit;
import org.bittern.itest.osgi.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test control plane is exchanged, in every way, while a download from libtorrent runs that was
 * begun over it.
 *
 * <p>System properties: {@code bittern.swap.moments}, how often each (1); {@code
 * bittern.swap.seed}, of the moments and the content (printed); {@code bittern.swap.strict}, see
 * {@link Limit}.
 */
@Timeout(1_800)
final class ScaffoldExchangeIT {
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));
    private static final int MOMENTS = Integer.getInteger("bittern.swap.moments", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
    private static final int BAD_REQUEST = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(ANSWER_TIME)
                    .build();

    /** Enough for all exchanges on a slow machine; the rest comes at full speed. */
    private static final long BYTES_PER_MOMENT = 64L << 20;

    private static final int BYTES_PER_SECOND = 512 << 10;

    /** Exchanges come at any moment within so many bytes. */
    private static final int WITHIN_BYTES = 64 << 10;

    @TempDir private Path work = Path.of(".");

    private URI root = URI.create("");
    private String torrent = "";

    @Test
    void theTransferGoesOnAndThePortAnswersAgain() throws Exception {
        long seed = Long.getLong("bittern.swap.seed", new Random().nextInt());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path data = work.resolve("data");
        List<String> words = List.of("--port", "0", "--data", data.toString());
        try (Seeds seeds = new Seeds(MOMENTS * BYTES_PER_MOMENT, BYTES_PER_SECOND, seed);
                RunningRuntime scaffold = new RunningRuntime(HOME, work, "scaffold", words)) {
            root = HttpEndpoint.awaited(scaffold.context());
            begin(seeds, data);
            for (int moment = 0; moment < MOMENTS; moment++) {
                for (String name : List.of("org.bittern.scaffold", "org.bittern.scaffold.debug")) {
                    for (Exchange way : Exchange.values()) {
                        awaitBytes(1 + random.nextInt(WITHIN_BYTES));
                        exchange(scaffold, name, way);
                    }
                }
            }
            seeds.lift();
            await().atMost(PATIENCE).until(() -> status().path("progress").asDouble() == 1);
            assertThat(Files.mismatch(seeds.content(), data.resolve("got/content"))).isEqualTo(-1);
            assertThat(scaffold.problems()).isEmpty();
        }
    }

    private void exchange(RunningRuntime scaffold, String name, Exchange way) throws Exception {
        String what = name + ", " + way.words();
        Map<Integer, Long> links = links();
        Duration absent =
                Absence.during(
                        this::answers,
                        () -> way.exchange(scaffold.bundle(name), scaffold.context()));
        System.out.printf("%s: %d ms%n", what, absent.toMillis());
        assertThat(absent)
                .as("%s: without an answer", what)
                .isLessThanOrEqualTo(Limit.of(Duration.ofMillis(500), Duration.ofSeconds(5)));
        assertThat(HttpEndpoint.awaited(scaffold.context())).isEqualTo(root);
        awaitBytes(1, Limit.of(Duration.ofSeconds(1), Duration.ofSeconds(5)));
        assertThat(links())
                .as("%s: bytes of the links", what)
                .containsOnlyKeys(links.keySet())
                .allSatisfy(
                        (port, bytes) -> assertThat(bytes).isGreaterThanOrEqualTo(links.get(port)));
    }

    /** Has the engine download from both seeds. */
    private void begin(Seeds seeds, Path data) throws Exception {
        Map<String, Object> config =
                Map.of(
                        "listen_port",
                        0,
                        "download_dir",
                        data.resolve("got").toString(),
                        "enable_dht",
                        false,
                        "enable_lsd",
                        false);
        // A server listens before it has its servlets.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> call("GET", "/engine/status", Map.of()), _ -> true);
        call("POST", "/engine/start", Map.of("config", config));
        String file = Base64.getEncoder().encodeToString(Files.readAllBytes(seeds.torrent()));
        torrent =
                call("POST", "/torrent/add", Map.of("type", "file", "data", file))
                        .path("id")
                        .asText();
        for (InetSocketAddress peer : seeds.addresses()) {
            call(
                    "POST",
                    "/torrent/" + torrent + "/add-peer",
                    Map.of("ip", peer.getHostString(), "port", peer.getPort()));
        }
        await().atMost(PATIENCE).until(() -> status().path("peers").asInt() == 2);
    }

    /** Whether both bundles do: the second of these is of the other. */
    private boolean answers() throws IOException {
        return status().has("totalDownloaded") && peers().isArray();
    }

    private void awaitBytes(int bytes) throws IOException {
        awaitBytes(bytes, PATIENCE);
    }

    /** Waits until so many bytes more have come. */
    private void awaitBytes(int bytes, Duration within) throws IOException {
        long before = status().path("totalDownloaded").asLong();
        await().atMost(within)
                .until(() -> status().path("totalDownloaded").asLong() >= before + bytes);
    }

    private JsonNode status() throws IOException {
        return call("GET", "/torrent/" + torrent + "/status", Map.of());
    }

    private JsonNode peers() throws IOException {
        return call("GET", "/torrent/" + torrent + "/peers", Map.of()).path("peers");
    }

    /** Port of the peer and bytes that came from there, of each link. */
    private Map<Integer, Long> links() throws IOException {
        Map<Integer, Long> links = new TreeMap<>();
        for (JsonNode peer : peers()) {
            links.put(peer.path("port").asInt(), peer.path("totalDownloaded").asLong());
        }
        return links;
    }

    /** The answer to a call; fails when it is refused. */
    private JsonNode call(String method, String path, Map<String, Object> body) throws IOException {
        HttpRequest.BodyPublisher sent =
                body.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        HttpRequest request =
                HttpRequest.newBuilder(root.resolve(path))
                        .timeout(ANSWER_TIME)
                        .header("Content-Type", "application/json")
                        .method(method, sent)
                        .build();
        try {
            HttpResponse<byte[]> answer =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() >= BAD_REQUEST) {
                throw new IOException("status " + answer.statusCode());
            }
            return JSON.readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
