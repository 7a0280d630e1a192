package org.bittern.standalone.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import org.bittern.api.engine.NetworkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(30)
class OptionsTest {
    private final Options options = new Options();

    @Test
    void aStreamTakesALinkAndAllOptions() {
        options.line("stream", true, true).parseArgs("magnet:x", "--no-dht", "--peer", "a:1");

        assertThat(options.link()).isEqualTo("magnet:x");
        assertThat(options.peers()).hasSize(1);
        assertThat(options.engine().get(NetworkSettings.DHT_ENABLED)).isFalse();
    }

    @Test
    void aNameThatBeginsWithAnAtSignIsNoFileOfArguments(@TempDir Path directory) {
        options.line("stream", true, true).parseArgs("@" + directory);

        assertThat(options.link()).isEqualTo("@" + directory);
    }

    @Test
    void whatHasNoEffectInARuntimeIsRefused() {
        assertRefused("--peer-port", false, "--peer-port", "7");
        assertRefused("--dir", false, "--dir", "x");
        assertRefused("--peer", true, "--peer", "a:1");
        assertRefused("magnet:x", true, "magnet:x");
        assertThat(options.line("streamer", false, false).getUsageMessage())
                .startsWith("Usage: bittern streamer ")
                .contains("--port=N")
                .doesNotContain("--no-dht");
    }

    @Test
    void otherMachinesAreServedWhereAnAddressAndAPasswordWereTyped() {
        assertThat(servesOthers("--bind", "192.0.2.1", "--password", "me:secret")).isTrue();
        assertThat(servesOthers("--bind", "0.0.0.0", "--password", "me:secret")).isTrue();
        assertThat(servesOthers("--bind", "::", "--password", "me:secret")).isTrue();
        assertThat(servesOthers("--bind", "127.0.0.2", "--password", "me:secret")).isFalse();
        assertThat(servesOthers("--bind", "192.0.2.1")).isFalse();
        assertThat(servesOthers("--password", "me:secret")).isFalse();
    }

    @Test
    void anAddressWhereNobodyIsLetInIsRefusedWithTheRemedy() {
        for (String address : List.of("192.0.2.1", "2001:db8::1")) {
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> typed("--bind", address).checkCallers(false))
                    .withMessage(
                            "--bind %s: nobody is let in there without --password USER:PASSWORD",
                            address);
            typed("--bind", address).checkCallers(true);
            typed("--bind", address, "--password", "me:secret").checkCallers(false);
        }
        for (String address : List.of("127.0.0.2", "::1", "0.0.0.0", "::")) {
            typed("--bind", address).checkCallers(false);
        }
        typed().checkCallers(false);
    }

    private static boolean servesOthers(String... words) {
        return typed(words).servesOthers();
    }

    private static Options typed(String... words) {
        Options typed = new Options();
        typed.line("gotorrent", true, false).parseArgs(words);
        return typed;
    }

    private static void assertRefused(String what, boolean engine, String... words) {
        CommandLine line = new Options().line("x", engine, false);
        assertThatExceptionOfType(CommandLine.ParameterException.class)
                .isThrownBy(() -> line.parseArgs(words))
                .withMessageContaining("'" + what + "'");
    }
}
