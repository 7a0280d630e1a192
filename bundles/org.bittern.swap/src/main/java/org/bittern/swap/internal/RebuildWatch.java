package org.bittern.swap.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs, what was rebuilt since, and what should run and does not. A jar that was refused is
 * tried again together with the next ones, as it may need them. Used by one thread.
 */
final class RebuildWatch {
    private static final Logger log = LoggerFactory.getLogger(RebuildWatch.class);

    private final JarFolder folder;
    private final Swaps swaps;
    private final Consumer<String> lines;

    /** Symbolic name → sum of the jar that runs. */
    private final Map<String, String> running = new HashMap<>();

    /** Symbolic name → jar that should run and does not. */
    private final Map<String, BundleJar> waiting = new TreeMap<>();

    /** Replaces bundles that run. */
    @FunctionalInterface
    interface Swaps {
        SwapReport swap(List<BundleJar> jars) throws Refusal;
    }

    /**
     * Knows of no bundle yet.
     *
     * @param lines take what a person reads: a line for each swap, or why there was none
     */
    RebuildWatch(JarFolder folder, Swaps swaps, Consumer<String> lines) {
        this.folder = folder;
        this.swaps = swaps;
        this.lines = lines;
    }

    /**
     * Notes what runs; other bundles are left alone.
     *
     * @param sum SHA-256 of its jar
     */
    void runs(String symbolicName, String sum) {
        running.put(symbolicName, sum);
    }

    /** Swaps what was rebuilt with other content. Whatever goes wrong, the next look can follow. */
    void look() {
        List<Path> rebuilt;
        try {
            rebuilt = folder.rebuilt();
        } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
            log.debug("the folder changes while it is read", e);
            return;
        }
        try {
            boolean changed = false;
            for (Path jar : rebuilt) {
                changed |= isNew(jar);
            }
            if (changed) {
                swapAll();
            }
        } catch (RuntimeException e) { // nobody else would say it, and the watch would be over
            log.error("what was rebuilt is not swapped", e);
            lines.accept("not swapped: " + e);
        }
    }

    /** Whether a jar has other content than the bundle of its name that runs. */
    private boolean isNew(Path jar) {
        try {
            BundleJar built = TrustedFolder.builtJar(jar);
            String sum = running.get(built.symbolicName());
            if (sum == null) {
                return false; // not a bundle of this runtime
            }
            if (sum.equals(built.sha256())) {
                waiting.remove(built.symbolicName());
                return false;
            }
            waiting.put(built.symbolicName(), built);
            return true;
        } catch (Refusal e) {
            lines.accept(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void swapAll() {
        List<List<BundleJar>> batches = new ArrayList<>();
        batches.add(List.copyOf(waiting.values()));
        if (waiting.size() > 1) {
            // One at a time if they do not get along as a whole.
            waiting.values().forEach(jar -> batches.add(List.of(jar)));
        }
        String refused = "";
        for (List<BundleJar> batch : batches) {
            if (!waiting.values().containsAll(batch)) {
                continue;
            }
            try {
                SwapReport report = swaps.swap(batch);
                batch.forEach(this::settled);
                lines.accept(report.line());
            } catch (Refusal e) {
                refused = "not swapped: " + e.getMessage();
            }
        }
        if (!waiting.isEmpty()) {
            lines.accept(refused);
        }
    }

    /** What runs is what was swapped: its file may have been built once more meanwhile. */
    private void settled(BundleJar built) {
        running.put(built.symbolicName(), built.sha256());
        waiting.remove(built.symbolicName());
    }
}
