package org.bittern.tinytorrent.system.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs, those that every Unix has. */
@Timeout(120)
class SystemProgramsTest {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir private Path temp;
    private final Map<String, String> environment =
            Map.of("PATH", "/usr/bin:/bin", "BITTERN_TOKEN", "planted", "SHOWN", "yes");
    private final SystemPrograms programs = new SystemPrograms(environment, LONG, LONG);

    @Test
    void passesArgumentsAsTheyAre() throws IOException {
        String odd = "a b;$(touch x)`y`\"'*&|>";
        assertThat(programs.run(List.of("printf", "%s", odd))).isEqualTo(odd);
        assertThat(programs.run(List.of("true"))).isEmpty();
        assertThat(programs.start(List.of("true"))).hasValue(0);
        assertThat(programs.start(List.of("false"))).hasValue(1);
    }

    @Test
    void passesOnNoSecret() throws IOException {
        Path told = temp.resolve("told");
        programs.start(List.of("sh", "-c", "env >" + told));
        assertThat(told).content().contains("SHOWN=yes").doesNotContain("planted");
    }

    @Test
    void givesNoInput() throws IOException {
        assertThat(programs.run(List.of("cat"))).isEmpty();
    }

    @Test
    void waitsNoLongerThanItShould() throws IOException {
        SystemPrograms hasty = new SystemPrograms(environment, SHORT, SHORT);
        List<String> waiting = List.of("sleep", "10");
        assertThat(hasty.start(waiting)).isEmpty();
        assertThatThrownBy(() -> hasty.run(waiting)).hasMessageContaining("does not end");
    }

    @Test
    void saysWhatDoesNotRun() {
        assertThat(programs.has("sh")).isTrue();
        assertThat(programs.has("no-such-program")).isFalse();
        assertThatThrownBy(() -> programs.run(List.of("no-such-program")))
                .isInstanceOf(IOException.class)
                .hasMessage("no-such-program does not run");
        assertThatThrownBy(() -> programs.run(List.of("false")))
                .hasMessage("false ended with exit code 1");
        assertThatThrownBy(() -> programs.start(List.of("no-such-program")))
                .isInstanceOf(IOException.class);
    }
}
