package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SurroundingsTest {
    private static final int CARRIERS = Runtime.getRuntime().availableProcessors();
    private static final int SECONDS = 20;

    @TempDir Path directory;
    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(2 * CARRIERS);

    private void read(Path fifo) {
        begun.release();
        try {
            Files.newInputStream(fifo).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ended.countDown();
    }

    /** To open a fifo that nobody writes to blocks in the system, as a dead mount does. */
    @Test
    void aFileSystemThatDoesNotAnswerHoldsUpNothingElse() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        for (int i = 0; i < CARRIERS; i++) {
            Surroundings.SYSTEM.startOnFiles("test", () -> read(fifo));
            Surroundings.SYSTEM.look(directory, () -> read(fifo));
        }
        try {
            begun.acquire(CARRIERS);
            CountDownLatch other = new CountDownLatch(1);
            Surroundings.SYSTEM.start("test", other::countDown);
            assertThat(other.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            try (RandomAccessFile _ = new RandomAccessFile(fifo.toFile(), "rw")) {
                assertThat(ended.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        }
    }
}
