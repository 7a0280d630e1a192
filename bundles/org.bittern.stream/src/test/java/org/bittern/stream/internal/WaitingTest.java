package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files that are not known yet. */
@Timeout(30)
class WaitingTest {
    private static final Duration MOST = Duration.ofSeconds(5);

    private final Catalogs catalogs = new Catalogs(withdrawn -> {});
    private final FakeExchange client = new FakeExchange(false);
    private final AtomicLong nanos = new AtomicLong();
    private final Waiting waiting = new Waiting(catalogs, client, nanos::get);

    @Test
    void whatIsComingIsWaitedFor() throws Exception {
        catalogs.add(new Catalog(true, () -> {}, 2));
        assertThat(waiting.find("a", MOST)).isPresent();
        assertThat(client.watched()).isFalse();
    }

    @Test
    void notForEver() {
        catalogs.add(
                new Catalog(
                        true,
                        () -> nanos.addAndGet(TimeUnit.SECONDS.toNanos(3)),
                        Integer.MAX_VALUE));
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> waiting.find("a", MOST))
                .withMessage("later");
        assertThat(nanos.get()).isEqualTo(TimeUnit.SECONDS.toNanos(6));
    }

    @Test
    void notForAClientThatHasGone() {
        catalogs.add(new Catalog(true, client::leave, Integer.MAX_VALUE));
        assertThatExceptionOfType(Ending.class).isThrownBy(() -> waiting.find("a", MOST));
    }

    @Test
    void whereNobodyWorksOnItThatIsToldAtOnce() {
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> waiting.find("a", MOST))
                .withMessage("no brain is there");
        catalogs.add(new Catalog(false, () -> {}, 1));
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> waiting.find("a", MOST))
                .withMessage("later");
    }

    /** Has one file, which is told after some looks. */
    private static final class Catalog implements FileCatalog, RangeBrain {
        private final boolean coming;
        private final Runnable onWait;
        private int looks;

        Catalog(boolean coming, Runnable onWait, int looks) {
            this.coming = coming;
            this.onWait = onWait;
            this.looks = looks;
        }

        @Override
        public CompletionStage<Optional<StreamFile>> find(String fileId) {
            return looks-- > 0
                    ? CompletableFuture.failedStage(new NotReadyException(coming, "later"))
                    : CompletableFuture.completedStage(Optional.of(file(fileId)));
        }

        private static StreamFile file(String id) {
            Path path = Path.of("/film");
            return new StreamFile(
                    id, "group", "group", path, "film", 1, Optional.empty(), id, Instant.EPOCH);
        }

        @Override
        public void awaited(String fileId) {
            onWait.run();
        }

        @Override
        public CompletionStage<List<StreamFile>> files(Optional<String> group) {
            return CompletableFuture.completedStage(List.of());
        }

        @Override
        public RangeBrain brain() {
            return this;
        }

        @Override
        public void request(RangeRequest request, RangeListener answers) {}

        @Override
        public void cancel(UUID requestId) {}

        @Override
        public CompletionStage<Optional<BufferStatus>> status(String fileId) {
            return CompletableFuture.completedStage(Optional.empty());
        }

        @Override
        public Runnable watch(Consumer<String> withdrawn) {
            return () -> {};
        }
    }
}
