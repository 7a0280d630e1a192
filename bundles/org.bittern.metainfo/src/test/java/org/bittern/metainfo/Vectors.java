package org.bittern.metainfo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Test vectors of other projects, which are not part of this repository: the folder named by the
 * environment variable BITTERN_VECTORS, or {@code ../shared/vectors} beside the repository. Tests
 * that need them are skipped, with a message, where they are absent.
 */
final class Vectors {
    private Vectors() {}

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
