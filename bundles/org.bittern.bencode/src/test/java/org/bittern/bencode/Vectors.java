package org.bittern.bencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Test vectors of other projects, which are not part of this repository: the folder named by the
 * environment variable BITTERN_VECTORS, or {@code ../shared/vectors} beside the repository. Tests
 * that need them are skipped, with a message, where they are absent.
 */
final class Vectors {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Vectors() {}

    /** Reads one file. */
    @FunctionalInterface
    interface Reading<T, E extends Exception> {
        T read() throws E;
    }

    /**
     * What reading gives, or how it refuses; either costs no more than is allowed for one file: a
     * second, here of a processor, as the machine may be busy, and 300 MB, here of all that is
     * allocated, so that neither garbage nor the heap of this process matters.
     */
    static <T, E extends Exception> T within(Reading<T, E> reading) throws E {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        try {
            return reading.read();
        } finally {
            Duration used = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - nanos);
            assertThat(used).isLessThan(Duration.ofSeconds(1));
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes).isLessThan(300_000_000);
        }
    }

    static Path folder() {
        Optional<Path> folder = named().or(Vectors::besideRepository).filter(Files::isDirectory);
        assumeTrue(
                folder.isPresent(),
                "skipped: no test vectors; set BITTERN_VECTORS to their folder");
        return folder.orElseThrow();
    }

    static byte[] read(String file) throws IOException {
        return Files.readAllBytes(folder().resolve(file));
    }

    private static Optional<Path> named() {
        return Optional.ofNullable(System.getenv("BITTERN_VECTORS")).map(Path::of);
    }

    private static Optional<Path> besideRepository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("bnd.bnd"))) {
            folder = folder.getParent();
        }
        return Optional.ofNullable(folder)
                .map(root -> root.resolveSibling("shared").resolve("vectors"));
    }
}
