package org.bittern.standalone.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.web.Listening;
import org.bittern.web.Tickets;

/** Adds one torrent and finds out where its main file can be streamed. */
final class OneStream {
    private static final int ANSWER_SECONDS = 60;
    private static final int METADATA_SECONDS = 300;
    private static final String LIST = "/stream";
    private static final long MOST_BYTES = 64L << 20;

    private final Engine engine;
    private final Options options;

    OneStream(Engine engine, Options options) {
        this.engine = engine;
        this.options = options;
    }

    /** Waits for the metadata, then asks the endpoint, which knows best which file is meant. */
    String url(Listening server, Tickets tickets)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Torrent torrent =
                engine.add(request().into(options.directory()))
                        .toCompletableFuture()
                        .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                        .torrent();
        for (var peer : options.peers()) {
            torrent.addPeer(peer).toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
        awaitMetadata(torrent);
        // The list may be for those alone who know the password or the token.
        String right = tickets.issue(LIST, Duration.ofSeconds(ANSWER_SECONDS));
        URI list =
                server.roots()
                        .getFirst()
                        .resolve(
                                "%s?group=%s&%s=%s"
                                        .formatted(
                                                LIST,
                                                torrent.snapshot().id(),
                                                Tickets.PARAMETER,
                                                right));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer =
                    client.send(
                            HttpRequest.newBuilder(list)
                                    .timeout(Duration.ofSeconds(ANSWER_SECONDS))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != HttpURLConnection.HTTP_OK) {
                String reason = new String(answer.body(), StandardCharsets.UTF_8).strip();
                throw new Refusal("cannot list what can be streamed: " + reason);
            }
            for (JsonNode file : new ObjectMapper().readTree(answer.body()).path("files")) {
                if (file.path("main").asBoolean()) {
                    return file.path("url").asText();
                }
            }
        }
        throw new Refusal("there is nothing to stream in " + torrent.snapshot().name());
    }

    private AddTorrent request() throws IOException {
        String link = options.link();
        try {
            if (link.startsWith("magnet:")) {
                return AddTorrent.link(Magnet.parse(link));
            }
            Path file = Path.of(link);
            if (!Files.isRegularFile(file)) {
                throw new Refusal(link + ": no such file, and no magnet link");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new Refusal(link + ": more than " + MOST_BYTES + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            return AddTorrent.file(Metainfo.parse(bytes), bytes);
        } catch (MetainfoException e) {
            throw new Refusal(link + ": " + e.getMessage());
        }
    }

    private void awaitMetadata(Torrent torrent) throws InterruptedException, TimeoutException {
        CountDownLatch known = new CountDownLatch(1);
        try (Subscription _ =
                engine.subscribe(event -> {
                    if (event instanceof EngineEvent.MetadataReceived received
                            && received.number() == torrent.number()) {
                        known.countDown();
                    }
                })) {
            if (torrent.metainfo().isEmpty() && !known.await(METADATA_SECONDS, TimeUnit.SECONDS)) {
                throw new Refusal("no peer has the metadata after " + METADATA_SECONDS + " s");
            }
        }
    }
}
