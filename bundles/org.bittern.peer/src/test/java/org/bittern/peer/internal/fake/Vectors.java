package org.bittern.peer.internal.fake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What others send: our own vectors, which {@code itest/vectors/make.py} makes, and those of other
 * projects where they are at hand: in the folder that the environment variable BITTERN_VECTORS
 * names, or in {@code ../shared/vectors} beside a directory above.
 */
public final class Vectors {
    private Vectors() {}

    /** The text of one of our own files. */
    public static String own(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        Vectors.class.getResourceAsStream("/org/bittern/peer/internal/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A file of other projects; empty where it is not at hand. */
    public static Optional<Path> others(String name) {
        Optional<Path> all = Optional.ofNullable(System.getenv("BITTERN_VECTORS")).map(Path::of);
        Path at = Path.of("").toAbsolutePath();
        while (all.isEmpty() && at != null) {
            all = Optional.of(at.resolve("shared/vectors")).filter(Files::isDirectory);
            at = at.getParent();
        }
        return all.map(path -> path.resolve(name)).filter(Files::exists);
    }
}
