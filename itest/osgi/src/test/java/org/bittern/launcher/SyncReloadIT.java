package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bittern.itest.osgi.DaemonData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** TinyTorrent's bundle is replaced, or the engine, while front-ends are connected. */
@Timeout(300)
final class SyncReloadIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int GOING_AWAY = 1001;
    private static final int NOT_FOUND = 404;
    private static final String MAGNET =
            "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER =
            "magnet:?xt=urn:btih:fedcba9876543210fedcba9876543210fedcba98";

    private final HttpClient http = HttpClient.newHttpClient();
    private DaemonClient rpc;
    private RunningRuntime daemon;
    private Bundle extension;

    @BeforeEach
    void begin(@TempDir Path work) throws Exception {
        Path data = DaemonData.in(work);
        daemon = RunningRuntime.daemon(work, data, 0);
        extension = daemon.bundle("org.bittern.tinytorrent");
        rpc = DaemonClient.of(data);
    }

    @AfterEach
    void end() throws Exception {
        http.shutdownNow();
        daemon.close();
    }

    private SyncClient connected() throws Exception {
        URI root = rpc.root();
        return new SyncClient(
                http, URI.create("ws://" + root.getAuthority() + "/ws?token=" + rpc.token()));
    }

    /** As front-ends do: again and again until it works. */
    private SyncClient reconnected() {
        return await().atMost(SOON).ignoreExceptions().until(this::connected, _ -> true);
    }

    @Test
    void clientsAreClosedWith1001AndGetASnapshotWhenTheyReturnAfterAnUpdate() throws Exception {
        rpc.add(MAGNET);
        SyncClient before = connected();
        SyncClient other = connected();
        JsonNode torrents = before.next("sync-snapshot").path("data").path("torrents");
        assertThat(torrents).hasSize(1);

        extension.update();
        assertThat(before.closed()).isEqualTo(GOING_AWAY);
        assertThat(other.closed()).isEqualTo(GOING_AWAY);

        SyncClient after = reconnected();
        JsonNode snapshot = after.next("sync-snapshot");
        assertThat(snapshot.path("sequence").asInt()).isZero();
        assertThat(snapshot.path("data").path("torrents").path(0).path("id"))
                .isEqualTo(torrents.path(0).path("id"));
        assertThat(snapshot.path("data").path("session").has("version")).isTrue();
        change(after);
    }

    /**
     * What changes from now on arrives.
     *
     * @return what came until then
     */
    private List<JsonNode> change(SyncClient client) throws Exception {
        rpc.call("session-set", Map.of("speed-limit-down", 77));
        List<JsonNode> patches = new ArrayList<>();
        JsonNode limit;
        do {
            patches.add(client.next("sync-patch").path("data"));
            limit = patches.getLast().path("session").path("speed-limit-down");
        } while (limit.isMissingNode());
        assertThat(limit.asInt()).isEqualTo(77);
        return patches;
    }

    @Test
    void theyKnowTheTorrentsOfTheNextEngineAlready() throws Exception {
        rpc.add(OTHER);
        int removed = rpc.torrents("id").path(0).path("id").asInt();
        rpc.add(MAGNET);
        rpc.call("torrent-remove", Map.of("ids", List.of(removed)));
        SyncClient client = connected();
        assertThat(client.next("sync-snapshot").path("data").path("torrents")).hasSize(1);

        daemon.bundle("org.bittern.engine").update();
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> rpc.torrents("id"), torrents -> torrents.size() == 1);
        assertThat(change(client))
                .extracting(patch -> patch.path("torrents"))
                .allSatisfy(torrents -> {
                    assertThat(torrents.path("removed")).isEmpty();
                    assertThat(torrents.path("added")).isEmpty();
                });
    }

    @Test
    void theyAreRefusedWhileTheBundleIsStoppedAndTheRestGoesOn() throws Exception {
        SyncClient before = connected();
        before.next("sync-snapshot");

        extension.stop();
        assertThat(before.closed()).isEqualTo(GOING_AWAY);
        assertThatThrownBy(this::connected)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode())
                                        .isEqualTo(NOT_FOUND));
        rpc.add(MAGNET);

        extension.start();
        SyncClient after = reconnected();
        assertThat(after.next("sync-snapshot").path("data").path("torrents")).hasSize(1);
        change(after);
    }
}
