package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.bittern.testkit.Fakes.fake;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.bittern.testkit.Fakes;
import org.bittern.web.Access;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Paths of the endpoint, asked without a server. */
@Timeout(30)
class EndpointTest {
    private static final String SESSION = "s".repeat(48);

    private final Catalogs catalogs = new Catalogs(withdrawn -> {});
    private final AtomicLong nanos = new AtomicLong();
    private final Endpoint endpoint = new Endpoint(catalogs, new Streams(), nanos::get);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private int status;
    private @Nullable String host = "host:1"; // as the client calls us; null: it does not say
    private String address = "";
    private Access.Right right = Access.Right.TOKEN;

    EndpointTest() {
        endpoint.tickets((path, validity) -> "of" + path.replace('/', '.'));
    }

    @Test
    void aTicketIsHadWhileTheFileIsStillComing() throws Exception {
        catalogs.add(new Shelf(Optional.of(new NotReadyException(true, "no metadata yet"))));
        call("POST", "/stream/film-0/ticket");
        assertThat(status).isEqualTo(200);
        assertThat(body.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"url\":\"http://host:1/stream/film-0?ticket=of.stream.film-0\","
                                + "\"seconds\":86400}");
    }

    @Test
    void thereIsNoTicketForWhatWillNotCome() throws Exception {
        Shelf shelf = new Shelf(Optional.empty(), file("film-0", "film.mkv", "g"));
        catalogs.add(shelf);
        call("POST", "/stream/film-1/ticket");
        assertThat(status).isEqualTo(404);
        call("GET", "/stream/film-0/ticket");
        assertThat(status).isEqualTo(405);
        call("POST", "/stream/film-0/ticket");
        assertThat(status).isEqualTo(200);
        catalogs.remove(shelf);
        catalogs.add(new Shelf(Optional.of(new NotReadyException(false, "it is stopped"))));
        call("POST", "/stream/film-0/ticket");
        assertThat(status).isEqualTo(503);
        assertThat(body).hasToString("it is stopped\n");
        assertThat(headers).containsKey("Retry-After");
    }

    @Test
    void whoMayNotHaveTheContentsDoesNotWaitForThem() throws Exception {
        catalogs.add(new Shelf(Optional.of(new NotReadyException(true, "no metadata yet"))));
        call("HEAD", "/stream/film-0");
        assertThat(status).isEqualTo(503);
        right = Access.Right.NONE;
        call("GET", "/stream/film-0");
        assertThat(status).isEqualTo(503);
        assertThat(body).hasToString("no metadata yet\n");
    }

    @Test
    void theTimeThatMetadataTookCountsForTheHeaders() throws Exception {
        Shelf shelf = new Shelf(Optional.empty(), file("film-0", "film.mkv", "g"));
        shelf.obstacle = Optional.of(new NotReadyException(true, "no metadata yet"));
        shelf.onWait =
                () -> {
                    nanos.addAndGet(TimeUnit.SECONDS.toNanos(45));
                    shelf.obstacle = Optional.empty();
                };
        catalogs.add(shelf);
        FakeExchange exchange = new FakeExchange(false);
        Thread client = Thread.ofVirtual().start(() -> answer("GET", "/stream/film-0", exchange));
        await().until(exchange::committed); // nothing of the data is there
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.sent()).isEmpty();
        exchange.leave();
        client.join();
        assertThat(exchange.aborted()).isTrue();
    }

    @Test
    void aPlaylistNamesFilmsInOrderEachWithATicket() throws Exception {
        catalogs.add(
                new Shelf(
                        Optional.empty(),
                        file("b-0", "e10.mkv", "b"),
                        file("b-1", "e2.mkv", "b"),
                        file("b-2", "e2.srt", "b"),
                        file("a-0", "first.mkv", "a")));
        call("GET", "/playlist/b.m3u8");
        assertThat(status).isEqualTo(200);
        assertThat(headers).containsEntry("Content-Type", "audio/x-mpegurl; charset=utf-8");
        String ofB =
                """
                #EXTINF:-1,e2.mkv
                #EXTVLCOPT:sub-file=http://host:1/stream/b-2?ticket=of.stream.b-2
                http://host:1/stream/b-1?ticket=of.stream.b-1
                #EXTINF:-1,e10.mkv
                http://host:1/stream/b-0?ticket=of.stream.b-0
                """;
        assertThat(body).hasToString("#EXTM3U\n" + ofB);
        call("GET", "/playlist/b.m3u");
        assertThat(body).hasToString("#EXTM3U\n" + ofB);
        for (String all : List.of("/playlist.m3u8", "/playlist.m3u")) {
            call("GET", all);
            assertThat(body)
                    .hasToString(
                            "#EXTM3U\n#EXTINF:-1,first.mkv\n"
                                    + "http://host:1/stream/a-0?ticket=of.stream.a-0\n"
                                    + ofB);
        }
        int length = body.size();
        call("HEAD", "/playlist.m3u8");
        assertThat(body.size()).isZero();
        assertThat(headers).containsEntry("Content-Length", length);
    }

    @Test
    void whoNamesNoHostGetsUrlsWithTheAddressThatItCalled() throws Exception {
        catalogs.add(new Shelf(Optional.empty(), file("a-0", "first.mkv", "a")));
        host = null;
        for (String called : List.of("127.0.0.1", "[::1]", "0:0:0:0:0:0:0:1")) {
            address = called;
            call("GET", "/playlist.m3u8");
            String bracketed = called.equals("0:0:0:0:0:0:0:1") ? "[" + called + "]" : called;
            assertThat(body.toString(StandardCharsets.UTF_8))
                    .contains("\nhttp://" + bracketed + ":9091/stream/a-0?ticket=");
        }
    }

    @Test
    void whatIsNoPlaylistIsNotFound() throws Exception {
        catalogs.add(new Shelf(Optional.empty(), file("a-0", "first.mkv", "a")));
        for (String path :
                List.of(
                        "/playlist/none.m3u8",
                        "/playlist/.m3u8",
                        "/playlist/a/b.m3u8",
                        "/playlist/a.txt",
                        "/playlist",
                        "/playlist/")) {
            call("GET", path);
            assertThat(status).as(path).isEqualTo(404);
        }
        call("POST", "/playlist.m3u8");
        assertThat(status).isEqualTo(405);
        assertThat(headers).containsEntry("Allow", "GET, HEAD");
    }

    @Test
    void noListIsEmptyOnlyBecauseNobodyCanTellWhatThereIs() throws Exception {
        assertNothingIsListed("no brain is there\n");
        catalogs.add(new Shelf(Optional.of(new NotReadyException(false, "no engine is running"))));
        assertNothingIsListed("no engine is running\n");
        catalogs.add(new Shelf(Optional.empty(), file("a-0", "first.mkv", "a")));
        call("GET", "/playlist/a.m3u8");
        assertThat(status).as("another brain knows it").isEqualTo(200);
        call("GET", "/stream");
        assertThat(status).isEqualTo(200);
        assertThat(body.toString(StandardCharsets.UTF_8)).contains("first.mkv");
    }

    private void assertNothingIsListed(String reason) throws Exception {
        for (String path : List.of("/stream", "/playlist.m3u8", "/playlist/a.m3u8")) {
            call("GET", path);
            assertThat(status).as(path).isEqualTo(503);
            assertThat(headers).containsKey("Retry-After");
            assertThat(body).hasToString(reason);
            call("HEAD", path);
            assertThat(status).as(path).isEqualTo(503);
        }
    }

    @Test
    void aBrainThatDoesNotTellItsStatusIsNoFault() throws Exception {
        catalogs.add(new Shelf(Optional.empty(), file("a-0", "first.mkv", "a")));
        call("GET", "/stream/a-0/status");
        assertThat(status).isEqualTo(501);
        call("GET", "/stream/a-1/status");
        assertThat(status).isEqualTo(404);
    }

    private static StreamFile file(String id, String name, String group) {
        return new StreamFile(
                id, group, group, Path.of("/f"), name, 1, Optional.empty(), id, Instant.EPOCH);
    }

    private void call(String method, String path) throws Exception {
        status = 200;
        headers.clear();
        body.reset();
        answer(method, path, new FakeExchange(method.equals("HEAD")));
    }

    private void answer(String method, String path, FakeExchange exchange) {
        HttpServletRequest request =
                fake(
                        HttpServletRequest.class,
                        (name, arguments) -> asked(name, arguments, method, path));
        HttpServletResponse response = fake(HttpServletResponse.class, this::told);
        try {
            endpoint.answer(request, response, exchange);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Object asked(String name, Object[] arguments, String method, String path) {
        return switch (name) {
            case "getMethod" -> method;
            case "getRequestURI" -> path;
            case "getContextPath" -> "";
            case "getParameter" -> null;
            case "getHeader" -> arguments[0].equals("Host") ? host : null;
            case "getLocalAddr" -> address;
            case "getLocalPort" -> 9091;
            case "isSecure" -> false;
            case "getAttribute" -> new Access(right, SESSION);
            default -> throw new UnsupportedOperationException(name);
        };
    }

    private @Nullable Object told(String name, Object[] arguments) {
        switch (name) {
            case "setStatus" -> status = (int) arguments[0];
            case "setHeader" -> headers.put((String) arguments[0], arguments[1]);
            case "setContentType" -> headers.put("Content-Type", arguments[0]);
            case "setContentLength" -> headers.put("Content-Length", arguments[0]);
            case "getOutputStream" -> {
                return new Body();
            }
            default -> throw new UnsupportedOperationException(name);
        }
        return null;
    }

    /** Of the answer. */
    private final class Body extends ServletOutputStream {
        @Override
        public void write(int one) {
            body.write(one);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("not used");
        }
    }

    /** Some files; or nobody can tell. */
    private static final class Shelf implements FileCatalog {
        private volatile Optional<NotReadyException> obstacle;
        private final List<StreamFile> files;
        private Runnable onWait = () -> {};

        Shelf(Optional<NotReadyException> obstacle, StreamFile... files) {
            this.obstacle = obstacle;
            this.files = List.of(files);
        }

        @Override
        public CompletionStage<Optional<StreamFile>> find(String fileId) {
            return obstacle.isPresent()
                    ? CompletableFuture.failedStage(obstacle.get())
                    : CompletableFuture.completedStage(
                            files.stream().filter(file -> file.id().equals(fileId)).findFirst());
        }

        @Override
        public CompletionStage<List<StreamFile>> files(Optional<String> group) {
            if (obstacle.isPresent()) {
                return CompletableFuture.failedStage(obstacle.get());
            }
            Stream<StreamFile> found =
                    files.stream().filter(file -> group.isEmpty() || isOf(group.get(), file));
            return CompletableFuture.completedStage(found.toList());
        }

        @Override
        public void awaited(String fileId) {
            onWait.run();
        }

        private static boolean isOf(String group, StreamFile file) {
            return file.group().equals(group);
        }

        @Override
        public RangeBrain brain() {
            return Fakes.fake(
                    RangeBrain.class, method -> CompletableFuture.completedStage(Optional.empty()));
        }

        @Override
        public Runnable watch(Consumer<String> withdrawn) {
            return () -> {};
        }
    }
}
