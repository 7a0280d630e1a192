package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LaunchOptionsTest {
    private static final Map<String, String> HOME = Map.of("HOME", "/home/u");

    @Test
    void leavesTheCommandAndItsArgumentsInOrder() throws LaunchException {
        LaunchOptions options =
                parse("get", "--data", "/d", "x.torrent", "--set", "a.b:k=v", "--seed");

        assertThat(options.arguments()).containsExactly("get", "x.torrent", "--seed");
        assertThat(options.data()).isEqualTo(Path.of("/d"));
        assertThat(options.settings()).isEqualTo(Map.of("a.b", Map.of("k", "v")));
    }

    @Test
    void takesValuesAfterAnEqualsSign() throws LaunchException {
        LaunchOptions options = parse("--data=/d", "--set=p~n:key=a=b:c");

        assertThat(options.data()).isEqualTo(Path.of("/d"));
        assertThat(options.settings()).isEqualTo(Map.of("p~n", Map.of("key", "a=b:c")));
    }

    @Test
    void collectsFeatures() throws LaunchException {
        LaunchOptions options = parse("--with", "shell", "--seed", "--with=health");

        assertThat(options.with()).containsExactly("shell", "health");
        assertThat(options.arguments()).containsExactly("--seed");
        assertThatThrownBy(() -> parse("--with")).hasMessageContaining("--with needs");
    }

    @Test
    void touchesNothingAfterADoubleDash() throws LaunchException {
        assertThat(parse("get", "--", "--data").arguments()).containsExactly("get", "--", "--data");
    }

    @Test
    void findsTheDataDirectoryOfXdg() throws LaunchException {
        assertThat(parse("x").data()).isEqualTo(Path.of("/home/u/.local/share/bittern"));
        assertThat(LaunchOptions.parse(List.of(), Map.of("XDG_DATA_HOME", "/xdg")).data())
                .isEqualTo(Path.of("/xdg/bittern"));
    }

    @Test
    void refusesWhatItCannotSplit() {
        assertThatThrownBy(() -> parse("--data")).hasMessageContaining("--data needs");
        assertThatThrownBy(() -> parse("--data=")).hasMessageContaining("--data needs");
        assertThatThrownBy(() -> parse("--set", "nonsense")).hasMessageContaining("nonsense");
        assertThatThrownBy(() -> parse("--set", ":k=v")).hasMessageContaining(":k=v");
        assertThatThrownBy(() -> parse("--set", "p:=v")).hasMessageContaining("p:=v");
    }

    private static LaunchOptions parse(String... typed) throws LaunchException {
        return LaunchOptions.parse(List.of(typed), HOME);
    }
}
