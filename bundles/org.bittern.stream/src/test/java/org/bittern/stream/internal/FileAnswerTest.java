package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.files.PathThreads;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers to requests, with a brain that a test plays. */
@Timeout(60)
class FileAnswerTest {
    private static final int LENGTH = 300_000;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Limits PATIENT = new Limits(65_536, 1 << 20, LONG, LONG);

    private final byte[] bytes = new byte[LENGTH];
    private final Brain brain = new Brain();
    private StreamFile file = file(Path.of("/nowhere"), "film.mkv");

    @TempDir Path directory;

    @BeforeEach
    void write() throws IOException {
        new Random(7).nextBytes(bytes);
        file = file(Files.write(directory.resolve("f"), bytes), "film.mkv");
    }

    @Test
    void servesAPartOfWhatIsThere() throws Exception {
        brain.generous = true;
        FakeExchange exchange = get("bytes=100-199", PATIENT);
        assertThat(exchange.status()).isEqualTo(206);
        assertThat(exchange.header("Content-Range")).isEqualTo("bytes 100-199/300000");
        assertThat(exchange.header("Content-Length")).isEqualTo("100");
        assertThat(exchange.header("ETag")).isEqualTo("\"tag\"");
        assertThat(exchange.header("Content-Type")).isEqualTo("video/x-matroska");
        assertThat(exchange.header("Content-Disposition")).startsWith("inline");
        assertThat(exchange.sent()).isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
        assertThat(brain.requests.getFirst().start()).isEqualTo(100);
        assertThat(brain.requests.getFirst().end()).isEqualTo(199);
    }

    @Test
    void asksForGrowingWindowsWhileEachIsThere() throws Exception {
        FakeExchange exchange = new FakeExchange(false).with("Range", "bytes=0-");
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Available(OptionalLong.empty()));
        await().until(() -> brain.asked(1));
        assertThat(exchange.sent()).hasSize(65_536);
        assertThat(brain.requests.get(1).start()).isEqualTo(65_536);
        assertThat(brain.requests.get(1).end()).isEqualTo(65_536 + 131_072 - 1);
        brain.answer(1, new RangeAnswer.Available(OptionalLong.of(LENGTH - 1)));
        client.join();
        assertThat(exchange.sent()).isEqualTo(bytes);
        assertThat(exchange.aborted()).isFalse();
    }

    @Test
    void waitsForSmallWindowsOnlyAndServesEachWhenItComes() throws Exception {
        FakeExchange exchange = new FakeExchange(false).with("Range", "bytes=0-");
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Block());
        await().until(exchange::watched);
        assertThat(exchange.sent()).isEmpty();
        assertThat(exchange.committed()).isFalse();
        brain.answer(0, new RangeAnswer.Ready(OptionalLong.empty()));
        await().until(() -> brain.asked(1));
        assertThat(exchange.sent()).hasSize(65_536);
        assertThat(brain.requests.get(1).start()).isEqualTo(65_536);
        assertThat(brain.requests.get(1).end()).isEqualTo(2 * 65_536 - 1);
        brain.answer(1, new RangeAnswer.Block());
        await().until(exchange::watched);
        assertThat(exchange.heldBack()).as("sent before it waits").isZero();
        brain.answer(1, new RangeAnswer.Ready(OptionalLong.of(LENGTH - 1)));
        client.join();
        assertThat(exchange.sent()).isEqualTo(bytes);
        assertThat(exchange.aborted()).isFalse();
    }

    @Test
    void forgetsTheWindowOfAClientThatLeaves() throws Exception {
        FakeExchange exchange = new FakeExchange(false).with("Range", "bytes=5-");
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Block());
        await().until(exchange::watched);
        exchange.leave();
        client.join();
        assertThat(brain.cancelled).containsExactly(brain.requests.getFirst().requestId());
        assertThat(exchange.aborted()).isTrue();
        assertThat(exchange.sent()).isEmpty();
    }

    @Test
    void saysWhyWhenItIsRejectedBeforeAnythingWasSent() throws Exception {
        FakeExchange exchange = new FakeExchange(false);
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Reject(OptionalInt.empty(), "no such luck"));
        client.join();
        assertThat(exchange.status()).isEqualTo(503);
        assertThat(exchange.header("Retry-After")).isNotEmpty();
        assertThat(exchange.header("ETag")).isEmpty();
        assertThat(new String(exchange.sent(), StandardCharsets.UTF_8)).contains("no such luck");
    }

    @Test
    void breaksOffWhenItIsRejectedLater() throws Exception {
        FakeExchange exchange = new FakeExchange(false);
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Available(OptionalLong.empty()));
        await().until(() -> brain.asked(1));
        brain.answer(1, new RangeAnswer.Reject(OptionalInt.of(503), "gone"));
        client.join();
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.aborted()).isTrue();
        assertThat(exchange.sent()).hasSize(65_536);
    }

    @Test
    void sendsHeadersBeforePlayersGiveUpAndGoesOnWaiting() throws Exception {
        FakeExchange exchange = new FakeExchange(false).with("Range", "bytes=0-9");
        Thread client = start(exchange, new Limits(65_536, 1 << 20, Duration.ZERO, LONG));
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Block());
        await().until(exchange::committed);
        assertThat(exchange.sent()).isEmpty();
        brain.answer(0, new RangeAnswer.Ready(OptionalLong.empty()));
        client.join();
        assertThat(exchange.sent()).isEqualTo(Arrays.copyOf(bytes, 10));
    }

    @Test
    void givesUpWhenNothingIsHeard() throws Exception {
        FakeExchange exchange = new FakeExchange(false);
        start(exchange, new Limits(65_536, 1 << 20, LONG, Duration.ofSeconds(1))).join();
        assertThat(exchange.status()).isEqualTo(503);
        assertThat(brain.cancelled).hasSize(1);
    }

    @Test
    void answersOutOfOrderAreIgnored() throws Exception {
        FakeExchange exchange = new FakeExchange(false).with("Range", "bytes=0-9");
        Thread client = start(exchange, PATIENT);
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Ready(OptionalLong.empty())); // not blocked yet
        brain.answer(0, new RangeAnswer.Block());
        brain.answer(0, new RangeAnswer.Available(OptionalLong.empty())); // blocked already
        await().until(exchange::watched);
        assertThat(exchange.sent()).isEmpty();
        brain.answer(0, new RangeAnswer.Ready(OptionalLong.empty()));
        client.join();
        assertThat(exchange.sent()).hasSize(10);
    }

    @Test
    void servesSeveralPartsInOneAnswer() throws Exception {
        brain.generous = true;
        FakeExchange exchange = get("bytes=0-1,100-101", PATIENT);
        assertThat(exchange.status()).isEqualTo(206);
        assertThat(exchange.header("Content-Type")).startsWith("multipart/byteranges");
        assertThat(exchange.header("Content-Length"))
                .isEqualTo(Integer.toString(exchange.sent().length));
        String text = new String(exchange.sent(), StandardCharsets.ISO_8859_1);
        assertThat(text)
                .contains("Content-Range: bytes 0-1/300000")
                .contains(
                        "Content-Range: bytes 100-101/300000\r\n\r\n"
                                + new String(bytes, 100, 2, StandardCharsets.ISO_8859_1));
    }

    @Test
    void neitherHeadNorWhatLiesOutsideAsksTheBrain() throws Exception {
        FakeExchange head = new FakeExchange(true).with("Range", "bytes=0-1");
        start(head, PATIENT).join();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("300000");
        FakeExchange outside = get("bytes=300000-", PATIENT);
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.header("Content-Range")).isEqualTo("bytes */300000");
        FakeExchange known = new FakeExchange(false).with("If-None-Match", "\"tag\"");
        start(known, PATIENT).join();
        assertThat(known.status()).isEqualTo(304);
        assertThat(brain.requests).isEmpty();
    }

    @Test
    void aFileThatIsShorterThanToldIsNeverPadded() throws Exception {
        brain.generous = true;
        file =
                new StreamFile(
                        "f",
                        "g",
                        "g",
                        file.path(),
                        "a",
                        400_000,
                        Optional.empty(),
                        "tag",
                        Instant.EPOCH);
        FakeExchange exchange = get("bytes=299990-", PATIENT);
        assertThat(exchange.aborted()).isTrue();
        assertThat(exchange.sent()).hasSize(10);
    }

    @Test
    void leavesTheConnectionAloneOnceTheRequestIsOver() throws Exception {
        brain.generous = true;
        Catalogs.Entry entry = new Catalogs.Entry(file, brain, Optional::empty);
        FakeExchange exchange = new FakeExchange(false);
        Delivery delivery =
                new Delivery(exchange, source(entry), PATIENT, System::nanoTime, System.nanoTime());
        try (delivery) {
            new FileAnswer(exchange, file, false).give(delivery);
        }
        assertThat(exchange.sent()).isEqualTo(bytes);
        delivery.end("late");
        assertThat(exchange.aborted()).isFalse();
    }

    @Test
    void sendsTheHeadersOfSubtitlesBeforePlayersGiveUp() throws Exception {
        FakeExchange exchange = new FakeExchange(false);
        Thread client = subtitles(exchange, new Limits(65_536, 1 << 20, Duration.ZERO, LONG));
        await().until(() -> brain.asked(0));
        brain.answer(0, new RangeAnswer.Block());
        await().until(exchange::committed);
        assertThat(exchange.header("Content-Type")).isEqualTo("text/vtt; charset=utf-8");
        assertThat(exchange.sent()).isEmpty();
        brain.answer(0, new RangeAnswer.Ready(OptionalLong.empty()));
        client.join();
        assertThat(exchange.sent()).asString().startsWith("WEBVTT").contains("Hello");
        assertThat(exchange.header("Content-Length")).as("too late to tell").isEmpty();
    }

    @Test
    void tellsTheLengthOfSubtitlesThatAreThereSoon() throws Exception {
        brain.generous = true;
        FakeExchange exchange = new FakeExchange(false);
        subtitles(exchange, PATIENT).join();
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.header("Content-Length"))
                .isEqualTo(Integer.toString(exchange.sent().length));
        assertThat(exchange.sent()).asString().contains("00:00:01.000 --> 00:00:02.000\nHello");
    }

    @Test
    void subtitlesThatWillNotComeAreRefusedOrBrokenOff() throws Exception {
        for (Duration commitAfter : List.of(LONG, Duration.ZERO)) {
            brain.listeners.clear();
            FakeExchange exchange = new FakeExchange(false);
            Thread client = subtitles(exchange, new Limits(65_536, 1 << 20, commitAfter, LONG));
            await().until(() -> brain.asked(0));
            brain.answer(0, new RangeAnswer.Block());
            await().until(commitAfter.isZero() ? exchange::committed : exchange::watched);
            brain.answer(0, new RangeAnswer.Reject(OptionalInt.empty(), "no such luck"));
            client.join();
            assertThat(exchange.aborted()).isEqualTo(commitAfter.isZero());
            assertThat(exchange.status()).isEqualTo(commitAfter.isZero() ? 200 : 503);
            assertThat(exchange.header("Retry-After").isEmpty()).isEqualTo(commitAfter.isZero());
        }
    }

    private Thread subtitles(FakeExchange exchange, Limits limits) throws IOException {
        byte[] text = "1\n00:00:01,000 --> 00:00:02,000\nHello\n".getBytes(StandardCharsets.UTF_8);
        Path path = Files.write(directory.resolve("f.srt"), text);
        StreamFile srt =
                new StreamFile(
                        "f",
                        "g",
                        "g",
                        path,
                        "f.srt",
                        text.length,
                        Optional.empty(),
                        "tag",
                        Instant.EPOCH);
        Catalogs.Entry entry = new Catalogs.Entry(srt, brain, Optional::empty);
        Capture capture = new Capture(exchange);
        return Thread.ofVirtual()
                .start(() -> {
                    try (Delivery delivery =
                            new Delivery(
                                    capture,
                                    source(entry),
                                    limits,
                                    System::nanoTime,
                                    System.nanoTime())) {
                        new FileAnswer(exchange, srt, false).giveVtt(delivery, capture);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private FakeExchange get(String range, Limits limits) throws InterruptedException {
        FakeExchange exchange = new FakeExchange(false).with("Range", range);
        start(exchange, limits).join();
        return exchange;
    }

    private Thread start(FakeExchange exchange, Limits limits) {
        Catalogs.Entry entry = new Catalogs.Entry(file, brain, Optional::empty);
        return Thread.ofVirtual()
                .start(() -> {
                    try (Delivery delivery =
                            new Delivery(
                                    exchange,
                                    source(entry),
                                    limits,
                                    System::nanoTime,
                                    System.nanoTime())) {
                        new FileAnswer(exchange, entry.file(), false).give(delivery);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static Source source(Catalogs.Entry entry) {
        return new Source(entry, new PathThreads("test-read"));
    }

    private static StreamFile file(Path path, String name) {
        return new StreamFile(
                "f", "g", "g", path, name, LENGTH, Optional.empty(), "tag", Instant.EPOCH);
    }

    /** Records questions; a test answers them. */
    private static final class Brain implements RangeBrain {
        private final List<RangeRequest> requests = new CopyOnWriteArrayList<>();
        private final List<RangeListener> listeners = new CopyOnWriteArrayList<>();
        private final List<UUID> cancelled = new CopyOnWriteArrayList<>();
        private boolean generous;

        @Override
        public void request(RangeRequest request, RangeListener answers) {
            requests.add(request);
            listeners.add(answers);
            if (generous) {
                answers.answer(new RangeAnswer.Available(OptionalLong.empty()));
            }
        }

        boolean asked(int number) {
            return listeners.size() > number;
        }

        void answer(int number, RangeAnswer answer) {
            listeners.get(number).answer(answer);
        }

        @Override
        public void cancel(UUID requestId) {
            cancelled.add(requestId);
        }

        @Override
        public CompletionStage<Optional<BufferStatus>> status(String fileId) {
            return CompletableFuture.completedStage(Optional.empty());
        }
    }
}
