package org.bittern.peer.internal.fake;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Recorded packets that lie outside of the project; tests are skipped without them. */
public final class Vectors {
    private Vectors() {}

    /**
     * A file of the vectors: below {@code BITTERN_VECTORS}, or {@code ../shared/vectors} beside a
     * directory above.
     */
    public static Path file(String name) {
        Optional<Path> all = Optional.ofNullable(System.getenv("BITTERN_VECTORS")).map(Path::of);
        Path at = Path.of("").toAbsolutePath();
        while (all.isEmpty() && at != null) {
            all = Optional.of(at.resolve("shared/vectors")).filter(Files::isDirectory);
            at = at.getParent();
        }
        Optional<Path> found = all.map(path -> path.resolve(name)).filter(Files::exists);
        assumeTrue(found.isPresent(), "skipped: " + name + " is not here (BITTERN_VECTORS)");
        return found.orElseThrow();
    }
}
