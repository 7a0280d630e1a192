package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.control.ControlException;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.bittern.control.Route;
import org.bittern.control.Routes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RouterTest {
    private static final String TORRENT =
            "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";
    private static final String TORRENT_HASH = "4de9b0e9855b349178fb7a42f37dc0f2fac3018d";
    private static final String HASH = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
    private static final String MAGNET = "magnet:?xt=urn:btih:" + HASH;
    private static final List<String> OF_TORRENT =
            List.of("POST pause", "POST resume", "POST remove", "GET status");

    @TempDir private Path directory = Path.of(".");
    private final FakeHost host = new FakeHost();
    private Router router = new Router(new Orchestrator(host, directory));

    @BeforeEach
    void makeRouter() {
        router = new Router(new Orchestrator(host, directory));
    }

    @Test
    void withoutEngineEveryTorrentRouteSaysSoWhateverElseIsWrong() {
        List<String> calls = new ArrayList<>(List.of("POST /engine/stop", "POST /torrent/add"));
        OF_TORRENT.forEach(call -> calls.add(call.replace(" ", " /torrent/bad/")));
        for (String call : calls) {
            String[] words = call.split(" ", -1);
            Reply reply =
                    router.answer(
                            words[0], words[1], throwing(new AssertionError("looked at the body")));
            assertFailure(reply, 404, "EngineNotRunning");
        }
    }

    @Test
    void statusWithoutEngineHasTwoFields() {
        assertThat(get("/engine/status").fields())
                .containsExactly(Map.entry("ok", true), Map.entry("running", false));
    }

    @Test
    void statusTellsVersionPortAndTorrents() {
        start();
        post("/torrent/add", Map.of("type", "magnet", "data", MAGNET));
        assertThat(get("/engine/status").fields())
                .containsEntry("running", true)
                .containsEntry("version", "1.2.3")
                .containsEntry("port", 50_123)
                .containsEntry("torrents", List.of(Map.of("id", HASH, "state", "downloading")));
    }

    @Test
    void ofTenParallelStartsOneSucceeds() throws Exception {
        assertThat(statusesOfTen("/engine/start"))
                .containsExactlyInAnyOrder(200, 409, 409, 409, 409, 409, 409, 409, 409, 409);
    }

    @Test
    void ofTenParallelStopsOneSucceeds() throws Exception {
        start();
        assertThat(statusesOfTen("/engine/stop"))
                .containsExactlyInAnyOrder(200, 404, 404, 404, 404, 404, 404, 404, 404, 404);
        assertThat(get("/engine/status").fields()).containsEntry("running", false);
    }

    @Test
    void startTakesOverridesAndListsWhatItDoesNotKnow() {
        Reply reply =
                post(
                        "/engine/start",
                        Map.of("config", Map.of("listen_port", 50_001, "pexEnabledd", 1)));
        assertThat(reply.fields())
                .containsExactly(
                        Map.entry("ok", true), Map.entry("ignored", List.of("pexEnabledd")));
        assertThat(host.fake().settings().get(NetworkSettings.PEER_PORT)).isEqualTo(50_001);
    }

    @Test
    void startWithoutBodyAnswersOk() {
        assertThat(start().fields()).containsExactly(Map.entry("ok", true));
    }

    @Test
    void badConfigurationMakesNoEngine() {
        for (Object config :
                List.of(1, List.of(), Map.of("listen_port", "x"), Map.of("encryption", "no"))) {
            assertFailure(post("/engine/start", Map.of("config", config)), 400, "InvalidRequest");
            assertThat(host.engine()).isEmpty();
        }
    }

    @Test
    void failedStartLeavesNoEngineAndTheNextOneWorks() {
        host.failNextStart(
                new EngineException(EngineException.Code.PORT_IN_USE, "port 1 is in use"));
        Reply failed = start();
        assertFailure(failed, 400, "InvalidRequest");
        assertThat(failed.fields()).containsEntry("error", "port 1 is in use");
        assertThat(get("/engine/status").fields()).containsEntry("running", false);
        assertThat(start().status()).isEqualTo(200);
    }

    @Test
    void unknownPathsAreNotFound() {
        for (String path :
                List.of(
                        "/",
                        "/engine",
                        "/engine/status/",
                        "/torrent//status",
                        "/torrent/a/b/status",
                        "/torrent/%2f/x",
                        "/engine/Status")) {
            assertFailure(get(path), 404, "NotFound");
        }
    }

    @Test
    void otherMethodsAreToldWhichIsAllowed() {
        for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS", "post")) {
            Reply reply = router.answer(method, "/engine/start", () -> new Params(Map.of()));
            assertFailure(reply, 405, "MethodNotAllowed");
            assertThat(reply.headers()).containsExactly(Map.entry("Allow", "POST"));
        }
    }

    @Test
    void unknownTorrentsAreNotFoundBeforeTheBodyIsRead() {
        start();
        for (String call : OF_TORRENT) {
            String[] words = call.split(" ", -1);
            for (String id : List.of("0".repeat(40), "nonsense", "..", "%00")) {
                Reply reply =
                        router.answer(
                                words[0],
                                "/torrent/" + id + "/" + words[1],
                                throwing(new AssertionError("looked at the body")));
                assertFailure(reply, 404, "TorrentNotFound");
            }
        }
    }

    @Test
    void addTakesBase64InEveryUsualForm() {
        start();
        byte[] bytes = TORRENT.getBytes(StandardCharsets.UTF_8);
        for (String data :
                List.of(
                        Base64.getEncoder().encodeToString(bytes),
                        Base64.getEncoder().withoutPadding().encodeToString(bytes),
                        Base64.getUrlEncoder().encodeToString(bytes),
                        Base64.getMimeEncoder().encodeToString(bytes) + "\n")) {
            assertThat(post("/torrent/add", Map.of("type", "file", "data", data)).fields())
                    .containsEntry("ok", true)
                    .containsEntry("id", TORRENT_HASH);
        }
    }

    @Test
    void addingAgainIsADuplicateWithTheSameId() {
        start();
        Map<String, Object> add = Map.of("type", "magnet", "data", MAGNET);
        assertThat(post("/torrent/add", add).fields())
                .containsExactly(Map.entry("ok", true), Map.entry("id", HASH));
        assertThat(post("/torrent/add", add).fields())
                .containsExactly(
                        Map.entry("ok", true), Map.entry("id", HASH), Map.entry("duplicate", true));
    }

    @Test
    void badAddsAreRefusedAndAddNothing() {
        start();
        for (Map<String, Object> add :
                List.<Map<String, Object>>of(
                        Map.of(),
                        Map.of("type", "file"),
                        Map.of("type", "file", "data", ""),
                        Map.of("type", "file", "data", "!!"),
                        Map.of("type", "file", "data", "aGFsbG8"),
                        Map.of("type", "file", "data", 7),
                        Map.of("type", "magnet", "data", "magnet:?dn=x"),
                        Map.of("type", "other", "data", "x"),
                        Map.of("type", "magnet", "data", MAGNET, "storagePath", "../x"),
                        Map.of("type", "magnet", "data", MAGNET, "storagePath", "a\0b"),
                        Map.of("type", "magnet", "data", MAGNET, "storagePath", List.of()))) {
            assertFailure(post("/torrent/add", add), 400, "InvalidRequest");
        }
        assertThat(host.fake().requests).isEmpty();
    }

    @Test
    void storagePathIsHandedOn() {
        start();
        post("/torrent/add", Map.of("type", "magnet", "data", MAGNET, "storagePath", "a/b"));
        post("/torrent/add", Map.of("type", "magnet", "data", MAGNET, "storagePath", "/x"));
        post("/torrent/add", Map.of("type", "magnet", "data", MAGNET));
        assertThat(host.fake().requests)
                .extracting(request -> request.saveDirectory())
                .containsExactly(
                        Optional.of(Path.of("a/b")), Optional.of(Path.of("/x")), Optional.empty());
    }

    @Test
    void torrentStatusHasTheNumbersOfTheTorrent() {
        addOne();
        assertThat(get("/torrent/" + HASH.toUpperCase(Locale.ROOT) + "/status").fields())
                .containsEntry("ok", true)
                .containsEntry("id", HASH)
                .containsEntry("state", "downloading")
                .containsEntry("progress", 0.75)
                .containsEntry("downloadRate", 7L)
                .containsEntry("uploadRate", 8L)
                .containsEntry("totalDownloaded", 9L)
                .containsEntry("totalUploaded", 10L)
                .containsEntry("size", 16L)
                .containsEntry("peers", 3)
                .doesNotContainKeys("detail", "error");
    }

    @Test
    void torrentStatusTellsTheErrorInWords() {
        FakeTorrent torrent = addOne();
        torrent.state = TorrentState.ERROR;
        torrent.error = Optional.of(new TorrentError(TorrentError.Kind.DISK_FULL, "disk is full"));
        assertThat(get("/torrent/" + HASH + "/status").fields())
                .containsEntry("ok", true)
                .containsEntry("state", "error")
                .containsEntry("error", "disk is full");
    }

    @Test
    void commandsReachTheTorrent() {
        FakeTorrent torrent = addOne();
        for (String verb : List.of("pause", "resume", "remove")) {
            assertThat(post("/torrent/" + HASH + "/" + verb, Map.of()).fields())
                    .containsExactly(Map.entry("ok", true));
        }
        assertThat(torrent.calls).containsExactly("pause", "start", "remove false");
        assertFailure(get("/torrent/" + HASH + "/status"), 404, "TorrentNotFound");
    }

    @Test
    void removeDeletesDataOnlyWhenAsked() {
        FakeTorrent torrent = addOne();
        assertFailure(
                post("/torrent/" + HASH + "/remove", Map.of("deleteData", "yes")),
                400,
                "InvalidRequest");
        post("/torrent/" + HASH + "/remove", Map.of("deleteData", true));
        assertThat(torrent.calls).containsExactly("remove true");
    }

    @Test
    void defectIsAnInternalErrorWithoutAStackTraceAndTheRouterGoesOn() {
        start();
        Reply reply =
                router.answer(
                        "POST",
                        "/torrent/add",
                        throwing(new IllegalStateException("secret at Foo.java")));
        assertFailure(reply, 500, "InternalError");
        assertThat(String.valueOf(reply.fields())).doesNotContain("secret", ".java");
        assertThat(get("/engine/status").status()).isEqualTo(200);
    }

    @Test
    void refusedBodyEndsTheConnection() {
        start();
        Reply reply = router.answer("POST", "/torrent/add", throwing(new Refused(413, "too much")));
        assertFailure(reply, 413, "InvalidRequest");
        assertThat(reply.headers()).containsEntry("Connection", "close");
    }

    @Test
    void onlyShutdownIsTheLastCall() {
        assertThat(get("/engine/status").last()).isFalse();
        assertThat(start().last()).isFalse();
        Reply reply = post("/shutdown", Map.of());
        assertThat(reply.fields()).containsExactly(Map.entry("ok", true));
        assertThat(reply.last()).isTrue();
    }

    @Test
    void moreRoutesGetTheSameChecksUntilTheyGo() {
        Routes more =
                () ->
                        List.of(
                                Route.get("/torrent/:id/more", call -> Map.of("id", call.id())),
                                Route.get("/torrent/:id/status", call -> Map.of("stolen", true)));
        String path = "/torrent/" + HASH + "/more";
        assertFailure(get(path), 404, "NotFound");
        router.add(more);
        assertFailure(get(path), 404, "EngineNotRunning");
        addOne();
        assertFailure(get("/torrent/x/more"), 404, "TorrentNotFound");
        assertThat(get(path).fields()).containsEntry("id", HASH);
        assertThat(get("/torrent/" + HASH + "/status").fields()).doesNotContainKey("stolen");
        router.remove(more);
        assertFailure(get(path), 404, "NotFound");
    }

    @Test
    void refusalOfTheBodyReaderIsAnAnswer() {
        Reply reply =
                router.answer(
                        "POST",
                        "/engine/start",
                        throwing(
                                new ControlException(
                                        ControlException.Code.INVALID_REQUEST, "no object")));
        assertFailure(reply, 400, "InvalidRequest");
        assertThat(host.engine()).isEmpty();
    }

    private static Supplier<Params> throwing(Throwable failure) {
        return () -> {
            switch (failure) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalArgumentException(failure);
            }
        };
    }

    private FakeTorrent addOne() {
        start();
        post("/torrent/add", Map.of("type", "magnet", "data", MAGNET));
        FakeTorrent added = host.fake().fakes.get(HASH);
        if (added == null) {
            throw new AssertionError("not added");
        }
        return added;
    }

    private List<Integer> statusesOfTen(String path)
            throws InterruptedException, ExecutionException {
        List<Future<Integer>> calls = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                calls.add(pool.submit(() -> post(path, Map.of()).status()));
            }
        }
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> call : calls) {
            statuses.add(call.get());
        }
        return statuses;
    }

    private Reply start() {
        return post("/engine/start", Map.of());
    }

    private Reply post(String path, Map<String, ? extends @Nullable Object> body) {
        return router.answer("POST", path, () -> new Params(body));
    }

    private Reply get(String path) {
        return router.answer("GET", path, () -> new Params(Map.of()));
    }

    private static void assertFailure(Reply reply, int status, String code) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.fields()).containsOnlyKeys("ok", "error", "code");
        assertThat(reply.fields()).containsEntry("ok", false).containsEntry("code", code);
        assertThat(String.valueOf(reply.fields().get("error"))).isNotBlank();
        assertThat(reply.last()).isFalse();
    }
}
