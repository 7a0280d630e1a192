package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class WorkDirectoryTest {
    /** Above the kernel's largest process id (4194304), so never alive. */
    private static final String DEAD = "9999999999-x";

    @TempDir private Path parent = Path.of(".");

    @Test
    void isRemovedWithAllThatIsInIt() throws LaunchException, IOException {
        WorkDirectory work = WorkDirectory.in(parent);
        Files.createDirectories(work.path().resolve("a/b"));
        Files.writeString(work.path().resolve("a/b/c"), "text");

        work.close();
        work.close();

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void removesWhatAKilledProcessLeft() throws LaunchException, IOException {
        Path left = parent.resolve("bittern-" + WorkDirectory.namespace() + "-" + DEAD);
        Files.createDirectories(left.resolve("bundle1"));

        try (WorkDirectory work = WorkDirectory.in(parent)) {
            assertThat(parent).isDirectoryContaining(work.path()::equals);
            assertThat(left).doesNotExist();
        }
    }

    @Test
    void leavesOthersAlone() throws LaunchException, IOException {
        long alive = ProcessHandle.current().pid();
        String beginning = "bittern-" + WorkDirectory.namespace();
        Path ours = Files.createDirectory(parent.resolve(beginning + "-" + alive + "-y"));
        Path container = Files.createDirectory(parent.resolve("bittern-1-" + DEAD));
        Path foreign = Files.createDirectory(parent.resolve("bittern-notes"));

        WorkDirectory.in(parent).close();

        assertThat(ours).exists();
        assertThat(foreign).exists();
        assertThat(container).exists();
    }
}
