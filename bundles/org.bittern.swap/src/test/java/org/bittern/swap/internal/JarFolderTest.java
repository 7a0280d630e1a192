package org.bittern.swap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class JarFolderTest {
    @TempDir private Path root = Path.of(".");

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void tellsOnceOfAJarThatIsTheSameTwice() throws IOException {
        Path jar = write("a.b/target/a.b-1.0.jar", "x");
        JarFolder folder = new JarFolder(root);

        assertThat(folder.rebuilt()).isEmpty();
        assertThat(folder.rebuilt()).containsExactly(jar);
        assertThat(folder.rebuilt()).isEmpty();

        Files.writeString(jar, "xy");
        assertThat(folder.rebuilt()).isEmpty();
        Files.writeString(jar, "xyz");
        assertThat(folder.rebuilt()).isEmpty();
        assertThat(folder.rebuilt()).containsExactly(jar);

        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
        folder.rebuilt();
        assertThat(folder.rebuilt()).containsExactly(jar);
    }

    @Test
    void overlooksWhatIsNoBundle() throws IOException {
        write("a/target/a-1.0-sources.jar", "x");
        write("a/target/other-1.0.jar", "x");
        write("a/other/a-1.0.jar", "x");
        write("pom.xml", "x");
        JarFolder folder = new JarFolder(root);

        folder.rebuilt();
        assertThat(folder.rebuilt()).isEmpty();
    }

    @Test
    void outlivesAJarThatIsRemovedAndComesBack() throws IOException {
        Path jar = write("a/target/a-1.jar", "x");
        JarFolder folder = new JarFolder(root);
        folder.rebuilt();
        folder.rebuilt();

        Files.delete(jar);
        assertThat(folder.rebuilt()).isEmpty();
        Files.writeString(jar, "new one");

        assertThat(folder.rebuilt()).isEmpty();
        assertThat(folder.rebuilt()).containsExactly(jar);
    }

    @Test
    void tellsAfterALookThatFailedWhatItHadSeenInIt() throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            jars.add(write(name + "/target/" + name + "-1.jar", "x"));
        }
        JarFolder folder = new JarFolder(root);
        folder.rebuilt();
        Path endless = root.resolve("d/target/d-2.jar");
        Files.createSymbolicLink(endless, endless);
        assertThatIOException().isThrownBy(folder::rebuilt);

        Files.delete(endless);
        List<Path> told = new ArrayList<>(folder.rebuilt());
        told.addAll(folder.rebuilt());

        assertThat(told).containsExactlyInAnyOrderElementsOf(jars);
    }
}
