package org.bittern.daemon.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(30)
class OptionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--port 0",
                "--bind 127.0.0.1",
                "--port 9091 --bind ::1",
                "--bind 0.0.0.0 --port 99999"
            })
    void readsWhatIsUsuallyTypedAsPicocliDoes(String typed) {
        Options options = Options.plain(words(typed)).orElseThrow();
        Options expected = new Options();
        new CommandLine(expected).parseArgs(words(typed));
        assertThat(options.port()).isEqualTo(expected.port());
        assertThat(options.bind()).isEqualTo(expected.bind());
        assertThat(options.problem()).isEqualTo(expected.problem());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-V",
                "--port",
                "--port -1",
                "--port 007",
                "--port x",
                "--port 123456",
                "--port=0",
                "--port 1 --port 2",
                "--bind a --bind b",
                "--bind --port",
                "--bind @file",
                "@file",
                "one",
                "--unknown x"
            })
    void leavesTheRestToPicocli(String typed) {
        assertThat(Options.plain(words(typed))).isEmpty();
    }

    private static String[] words(String typed) {
        return typed.isEmpty() ? new String[0] : typed.split(" ", -1);
    }
}
