package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What others say of torrents: our own vectors, which {@code itest/vectors/make.py} makes, and
 * those of other projects where they are at hand: in the folder that the environment variable
 * BITTERN_VECTORS names, or in {@code ../shared/vectors} beside the repository.
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

    /** One of our own files. */
    static JsonNode own(String file) throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** The folder of other projects; empty where it is not at hand. */
    static Optional<Path> others() {
        return named().or(Vectors::besideRepository).filter(Files::isDirectory);
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
