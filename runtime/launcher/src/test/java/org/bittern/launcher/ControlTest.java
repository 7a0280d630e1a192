package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ControlTest {
    /** Names of what lies where tests run. */
    private static final String FILE = "pom.xml";

    private static final String FOLDER = "src";

    @TempDir private Path data = Path.of(".");

    @Test
    void wordsThatAreNoFilesStayAsTheyAreEvenBesideAFileOfTheirName() throws LaunchException {
        assertThat(Files.exists(Path.of(FILE)) && Files.exists(Path.of(FOLDER))).isTrue();

        assertThat(Control.request(List.of(FOLDER))).containsExactly(FOLDER);
        assertThat(Control.request(List.of("swap", FOLDER, FILE)))
                .containsExactly("swap", FOLDER, whole(FILE));
        assertThat(Control.request(List.of("add", "magnet:?xt=urn:btih:0")))
                .containsExactly("add", "magnet:?xt=urn:btih:0");
    }

    @Test
    void filesAreNamedWholeSoThatTheOtherProcessFindsThoseOfHere() throws LaunchException {
        assertThat(Control.request(List.of("add", FILE))).containsExactly("add", whole(FILE));
        assertThat(Control.request(List.of("swap", "b", "none.jar")))
                .containsExactly("swap", "b", whole("none.jar"));
    }

    @Test
    void whatCannotBeARequestIsUsageWithoutAnyProcess() {
        assertThatThrownBy(() -> Control.request(List.of())).hasMessageContaining("no command");
        assertThatThrownBy(() -> Control.request(List.of("swap", "org.bittern.web")))
                .hasMessage("usage: swap BUNDLE JAR [--data DIR]");
        String here = data.toString();
        assertThat(Control.exitCode(List.of("swap", "--data", here))).isEqualTo(2);
        assertThat(Control.exitCode(List.of("ls", "--data", here, "--with", "shell"))).isEqualTo(2);
        assertThat(Control.exitCode(List.of("ls", "--data", here, "--set", "a:b=c"))).isEqualTo(2);
        assertThat(Control.exitCode(List.of("ls", "--data", here))).isEqualTo(1);
    }

    private static String whole(String name) {
        return Path.of(name).toAbsolutePath().toString();
    }
}
