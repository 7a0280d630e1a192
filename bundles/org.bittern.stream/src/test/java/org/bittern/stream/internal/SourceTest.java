package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.testkit.Fakes.fake;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bittern.api.files.PathThreads;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SourceTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5};

    private final PathThreads threads = new PathThreads("test-read");

    @TempDir Path directory;

    @Test
    void readsFromAnywhereInTheFile() throws Exception {
        Path path = Files.write(directory.resolve("f"), BYTES);
        try (Source source = source(path, Optional.empty())) {
            assertThat(read(source, 3, 10)).containsExactly(4, 5);
            assertThat(read(source, 0, 2)).containsExactly(1, 2);
            source.begin(ByteBuffer.allocate(1), 5);
            assertThat(source.finish()).isEqualTo(-1);
        }
    }

    @Test
    void looksAgainWhereTheFileIs() throws Exception {
        Path moved = Files.write(directory.resolve("moved"), BYTES);
        try (Source source = source(directory.resolve("f"), Optional.of(moved))) {
            assertThat(read(source, 0, 10)).isEqualTo(BYTES);
        }
        try (Source source = source(directory.resolve("f"), Optional.empty())) {
            assertThatThrownBy(() -> read(source, 0, 10)).isInstanceOf(NoSuchFileException.class);
        }
    }

    /** A pipe that nobody writes to is a file system that does not answer. */
    @Test
    void aFileThatDoesNotAnswerHoldsUpNobodyElse() throws Exception {
        Path silent = directory.resolve("there/silent");
        Files.createDirectory(silent.getParent());
        assertThat(new ProcessBuilder("mkfifo", silent.toString()).start().waitFor()).isZero();
        int readers = 2 * Runtime.getRuntime().availableProcessors();
        List<Source> sources = new ArrayList<>();
        List<CompletableFuture<Throwable>> ends = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(readers);
        for (int i = 0; i < readers; i++) {
            Source source = source(silent, Optional.empty());
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            sources.add(source);
            ends.add(end);
            var _ =
                    Thread.ofVirtual()
                            .start(() -> {
                                begun.countDown();
                                try {
                                    read(source, 0, 1);
                                } catch (IOException | InterruptedException e) {
                                    end.complete(e);
                                }
                            });
        }
        assertThat(begun.await(30, TimeUnit.SECONDS)).as("carriers are left").isTrue();
        Thread.ofVirtual().start(() -> {}).join();
        assertThat(ends).noneMatch(CompletableFuture::isDone);

        sources.forEach(Source::abandon);
        for (CompletableFuture<Throwable> end : ends) {
            assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
        }
        try (RandomAccessFile _ = new RandomAccessFile(silent.toFile(), "rw")) {
            for (int i = 0; i < PathThreads.MAX_NEAR + readers; i++) { // those before have ended
                CompletableFuture.runAsync(() -> {}, threads.near(silent))
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static byte[] read(Source source, long position, int most)
            throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        source.begin(buffer, position);
        source.finish();
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private Source source(Path path, Optional<Path> later) {
        RangeBrain nobody = fake(RangeBrain.class, name -> name);
        return new Source(
                new Catalogs.Entry(file(path), nobody, () -> later.map(SourceTest::file)), threads);
    }

    private static StreamFile file(Path path) {
        return new StreamFile(
                "f", "g", "g", path, "f", BYTES.length, Optional.empty(), "tag", Instant.EPOCH);
    }
}
