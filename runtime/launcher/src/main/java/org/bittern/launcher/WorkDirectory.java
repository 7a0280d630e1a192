package org.bittern.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The framework's scratch space: one per process, so that any number of them can run side by side.
 * Holds nothing that outlives the process. Thread-safe.
 */
final class WorkDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WorkDirectory.class);
    private static final Pattern NAME = Pattern.compile("bittern-(\\d{1,20})-(\\d{1,10})-.+");
    private static final Path PROCESSES = Path.of("/proc/self/ns/pid");

    private final Path path;

    private WorkDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes a new one and removes those that killed processes left.
     *
     * @param parent directory for temporary files
     */
    static WorkDirectory in(Path parent) throws LaunchException {
        removeAbandoned(parent);
        try {
            long self = ProcessHandle.current().pid();
            return new WorkDirectory(
                    Files.createTempDirectory(parent, "bittern-" + namespace() + "-" + self + "-"));
        } catch (IOException e) {
            throw new LaunchException("cannot make a work directory in " + parent, e);
        }
    }

    Path path() {
        return path;
    }

    /** Safe to call from main thread and shutdown hook at once: the second waits for the first. */
    @Override
    public synchronized void close() {
        if (Files.exists(path)) {
            remove(path);
        }
    }

    private static void removeAbandoned(Path parent) {
        // Only ours: createTempDirectory makes them for the owner alone, others' cannot be removed.
        // Containers may share the parent, and one cannot tell which processes of another live.
        String namespace = namespace();
        File[] found = parent.toFile().listFiles((dir, name) -> NAME.matcher(name).matches());
        for (File file : found == null ? new File[0] : found) {
            Matcher name = NAME.matcher(file.getName());
            if (name.matches()
                    && name.group(1).equals(namespace)
                    && !isAlive(Long.parseLong(name.group(2)))) {
                remove(file.toPath());
            }
        }
    }

    /** Number of the Linux namespace in which process ids mean what they mean here; else 0. */
    static String namespace() {
        try {
            String digits = Files.readSymbolicLink(PROCESSES).toString().replaceAll("\\D", "");
            return digits.isEmpty() ? "0" : digits;
        } catch (IOException | UnsupportedOperationException e) {
            return "0";
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void remove(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path entry : deepestFirst) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("left {}: {}", root, e.toString());
        }
    }
}
