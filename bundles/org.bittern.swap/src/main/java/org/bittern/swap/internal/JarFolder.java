package org.bittern.swap.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sees which jars of a folder of bundles were built since it looked last. Used by one thread.
 *
 * <p>A jar counts when it was the same at two looks: Maven writes it bit by bit.
 */
final class JarFolder {
    private final Path root;
    private final Map<Path, Version> settled = new HashMap<>();
    private final Map<Path, Version> seen = new HashMap<>();

    private record Version(long bytes, long modifiedMillis) {}

    /**
     * For a folder like {@code bundles} of this project; what is there already counts as new.
     *
     * @param root with {@code NAME/target/NAME-VERSION.jar}
     */
    JarFolder(Path root) {
        this.root = root;
    }

    /**
     * The jars that were built and are complete, each once.
     *
     * @throws IOException the folder cannot be read, perhaps as it changes; the next look can
     */
    List<Path> rebuilt() throws IOException {
        Map<Path, Version> rebuilt = new LinkedHashMap<>();
        Set<Path> there = new HashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
            for (Path folder : folders) {
                for (Path jar : jars(folder)) {
                    there.add(jar);
                    Version now = version(jar);
                    Version before = seen.put(jar, now);
                    if (now.equals(before) && !now.equals(settled.get(jar))) {
                        rebuilt.put(jar, now);
                    }
                }
            }
        }
        seen.keySet().retainAll(there);
        settled.putAll(rebuilt); // only now: a look that fails half-way has told of none
        return List.copyOf(rebuilt.keySet());
    }

    private static List<Path> jars(Path folder) throws IOException {
        List<Path> jars = new ArrayList<>();
        Path target = folder.resolve("target");
        if (Files.isDirectory(target)) {
            String name = String.valueOf(folder.getFileName());
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(target, name + "-[0-9]*.jar")) {
                found.forEach(jars::add);
            }
        }
        jars.removeIf(jar -> jar.toString().matches(".*-(sources|javadoc|tests)\\.jar"));
        return jars;
    }

    private static Version version(Path jar) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(jar, BasicFileAttributes.class);
            return new Version(found.size(), found.lastModifiedTime().toMillis());
        } catch (NoSuchFileException _) {
            return new Version(-1, 0); // Maven has just removed it
        }
    }
}
