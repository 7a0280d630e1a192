package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/**
 * The streaming bundle is replaced while a player plays. The player does as mpv, VLC and Chromium
 * do: when its connection breaks it asks for the rest of the same version of the file.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class StreamReloadIT {
    private static final int LENGTH = 48 << 20;
    private static final int RELOADS = 3;
    private static final int GIVE_UP_SECONDS = 60;
    private static final int NOT_THERE = 404;

    /** The composition; the brain is this test. */
    @Configuration
    public static Option[] streamer() throws IOException {
        return Composition.of("streamer", "--port", "0");
    }

    @Test(timeout = 240_000)
    public void aPlayerPlaysOnWhileTheBundleIsReplaced() throws Exception {
        BundleContext context = FrameworkUtil.getBundle(StreamReloadIT.class).getBundleContext();
        byte[] film = new byte[LENGTH];
        new Random(3).nextBytes(film);
        Path file = Files.write(Files.createTempFile("film", ".mkv"), film);
        ServiceRegistration<FileCatalog> catalog =
                context.registerService(FileCatalog.class, new OneFile(file), null);
        try {
            Player player = new Player(withTicket(HttpEndpoint.awaited(context), "/stream/film"));
            byte[] played = new byte[LENGTH];
            int position = 0;
            for (int reload = 1; reload <= RELOADS; reload++) {
                position = player.read(played, position, reload * LENGTH / (RELOADS + 1));
                ComingAndGoing.components().bundle("org.bittern.stream").update();
            }
            position = player.read(played, position, LENGTH);
            assertThat(position).isEqualTo(LENGTH);
            assertThat(Arrays.equals(played, film)).as("what was played is the film").isTrue();
            assertThat(player.connections).isGreaterThan(RELOADS);
        } finally {
            catalog.unregister();
            Files.delete(file);
        }
    }

    private static URI withTicket(URI root, String path) throws IOException {
        URI asked = root.resolve(path + "/ticket");
        HttpURLConnection call = (HttpURLConnection) asked.toURL().openConnection();
        call.setRequestMethod("POST");
        try (InputStream answer = call.getInputStream()) {
            String said = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            return URI.create(said.replaceFirst(".*\"url\":\"([^\"]*)\".*", "$1"));
        }
    }

    /** Reads on over broken connections. */
    private static final class Player {
        private final URI film;
        private InputStream body = InputStream.nullInputStream();
        private String etag = "";
        private int connections;

        Player(URI film) {
            this.film = film;
        }

        /** Reads up to {@code end}, and leaves the connection open there. */
        int read(byte[] into, int from, int end) {
            int position = from;
            while (position < end) {
                try {
                    int count = body.read(into, position, end - position);
                    if (count < 0) {
                        connect(position);
                    } else {
                        position += count;
                    }
                } catch (IOException e) {
                    connect(position);
                }
            }
            return position;
        }

        private void connect(int position) {
            connections++;
            body =
                    await().atMost(Duration.ofSeconds(GIVE_UP_SECONDS))
                            .until(() -> open(position), Optional::isPresent)
                            .orElseThrow();
        }

        /** Empty while the servlet is away. */
        private Optional<InputStream> open(int position) {
            try {
                HttpURLConnection call = (HttpURLConnection) film.toURL().openConnection();
                call.setRequestProperty("Range", "bytes=" + position + "-");
                if (!etag.isEmpty()) {
                    call.setRequestProperty("If-Match", etag);
                }
                int status = call.getResponseCode();
                if (status == NOT_THERE || status >= 500) {
                    return Optional.empty();
                }
                assertThat(status).isEqualTo(206);
                assertThat(call.getHeaderField("Content-Range"))
                        .isEqualTo("bytes %d-%d/%d".formatted(position, LENGTH - 1, LENGTH));
                etag = call.getHeaderField("ETag");
                return Optional.of(call.getInputStream());
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /** A catalog of one file, all of which is there. */
    private record OneFile(Path path) implements FileCatalog, RangeBrain {
        @Override
        public CompletionStage<Optional<StreamFile>> find(String fileId) {
            return CompletableFuture.completedStage(
                    Optional.of(file()).filter(f -> f.id().equals(fileId)));
        }

        private StreamFile file() {
            return new StreamFile(
                    "film",
                    "g",
                    "group",
                    path,
                    "film.mkv",
                    LENGTH,
                    Optional.empty(),
                    "film-1",
                    Instant.EPOCH);
        }

        @Override
        public CompletionStage<List<StreamFile>> files(Optional<String> group) {
            return CompletableFuture.completedStage(List.of(file()));
        }

        @Override
        public RangeBrain brain() {
            return this;
        }

        @Override
        public Runnable watch(Consumer<String> withdrawn) {
            return () -> {};
        }

        @Override
        public void request(RangeRequest request, RangeListener answers) {
            answers.answer(new RangeAnswer.Available(OptionalLong.empty()));
        }

        @Override
        public void cancel(UUID requestId) {}

        @Override
        public CompletionStage<Optional<BufferStatus>> status(String fileId) {
            return CompletableFuture.completedStage(Optional.empty());
        }
    }
}
