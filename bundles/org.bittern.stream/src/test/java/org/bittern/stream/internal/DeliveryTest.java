package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
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

/** A client so slow that a grant grows old at every piece of the answer that it takes. */
@Timeout(60)
class DeliveryTest {
    private static final int LENGTH = 400_000;
    private static final int TAKEN = 128 << 10; // at a time
    private static final Duration LONG = Duration.ofHours(1);
    private static final Limits LIMITS = new Limits(65_536, 1 << 20, LONG, LONG);
    private static final RangeAnswer GONE = new RangeAnswer.Gone("the brain has gone");

    private final byte[] bytes = new byte[LENGTH];
    private final Brain brain = new Brain();
    private final FakeExchange client = new FakeExchange(false);
    private long nanos;

    @TempDir Path directory;

    @Test
    void whatWasGrantedIsSentAlsoAfterTheBrainHasGone() throws Exception {
        brain.says(new RangeAnswer.Available(OptionalLong.of(299_999)));
        brain.says(GONE); // after one piece
        brain.says(GONE); // after two
        brain.says(GONE); // after all that was granted
        serve();
        assertThat(client.sent()).isEqualTo(Arrays.copyOf(bytes, 300_000));
        assertThat(client.heldBack()).as("it has left").isZero();
        assertThat(client.aborted()).as("the rest will not come").isTrue();
        assertThat(brain.answers).isEmpty();
    }

    @Test
    void theNextBrainIsAskedForTheRest() throws Exception {
        brain.says(new RangeAnswer.Available(OptionalLong.of(199_999)));
        brain.says(GONE);
        brain.says(new RangeAnswer.Available(OptionalLong.of(LENGTH - 1)));
        brain.says(new RangeAnswer.Available(OptionalLong.of(LENGTH - 1)));
        serve();
        assertThat(client.sent()).isEqualTo(bytes);
        assertThat(client.aborted()).isFalse();
    }

    @Test
    void aGrantIsVoidOnceTheBrainTookItBack() throws Exception {
        brain.says(new RangeAnswer.Available(OptionalLong.of(299_999)));
        brain.says(new RangeAnswer.Reject(OptionalInt.empty(), "the torrent was removed"));
        serve();
        assertThat(client.sent()).isEqualTo(Arrays.copyOf(bytes, TAKEN));
        assertThat(client.aborted()).isTrue();
    }

    @Test
    void aGrantIsVoidOnceTheBrainFoundThatAPieceIsBad() throws Exception {
        brain.says(new RangeAnswer.Available(OptionalLong.of(299_999)));
        brain.says(new RangeAnswer.Block(), GONE);
        serve();
        assertThat(client.sent()).isEqualTo(Arrays.copyOf(bytes, TAKEN));
        assertThat(client.aborted()).isTrue();
    }

    @Test
    void withoutAGrantABrainThatHasGoneIs503() throws Exception {
        brain.says(GONE);
        serve();
        assertThat(client.status()).isEqualTo(503);
        assertThat(client.header("Retry-After")).isNotEmpty();
        assertThat(client.sent()).asString().isEqualTo("the brain has gone\n");
        assertThat(client.aborted()).isFalse();
    }

    @Test
    void subtitlesOfWhichOnlyABeginIsThereCanStillBeRefused() throws Exception {
        brain.says(new RangeAnswer.Available(OptionalLong.empty()));
        brain.says(new RangeAnswer.Block()); // for ever
        Limits impatient = new Limits(65_536, 1 << 20, LONG, Duration.ofSeconds(1));
        Capture capture = new Capture(client);
        try (Delivery delivery = new Delivery(capture, source(), impatient, this::later, 0)) {
            new FileAnswer(client, entry().file(), false).giveVtt(delivery, capture);
        }
        assertThat(client.status()).isEqualTo(503);
        assertThat(client.sent()).asString().isEqualTo("no data for 1 s\n");
        assertThat(client.aborted()).isFalse();
    }

    @BeforeEach
    void write() throws IOException {
        new Random(7).nextBytes(bytes);
        Files.write(directory.resolve("f"), bytes);
    }

    private void serve() throws IOException, InterruptedException {
        Source source = source();
        try (Delivery delivery = new Delivery(client, source, LIMITS, this::later, 0)) {
            new FileAnswer(client, source.entry().file(), false).give(delivery);
        }
    }

    private Source source() {
        return new Source(entry(), new PathThreads("test-read"));
    }

    private long later() {
        nanos += Limits.GRANT.toNanos();
        return nanos;
    }

    private Catalogs.Entry entry() {
        StreamFile file =
                new StreamFile(
                        "f",
                        "g",
                        "g",
                        directory.resolve("f"),
                        "film.mkv",
                        LENGTH,
                        Optional.empty(),
                        "tag",
                        Instant.EPOCH);
        return new Catalogs.Entry(file, brain, Optional::empty);
    }

    /** Says at once what a test told it. */
    private static final class Brain implements RangeBrain {
        private final Queue<List<RangeAnswer>> answers = new ArrayDeque<>();

        void says(RangeAnswer... next) {
            answers.add(List.of(next));
        }

        @Override
        public void request(RangeRequest request, RangeListener listener) {
            answers.remove().forEach(listener::answer);
        }

        @Override
        public void cancel(UUID requestId) {
            // nothing is kept
        }

        @Override
        public CompletionStage<Optional<BufferStatus>> status(String fileId) {
            throw new UnsupportedOperationException();
        }
    }
}
