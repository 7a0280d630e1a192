package org.bittern.standalone.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.bittern.api.engine.NetworkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    private static void assertRefused(String what, boolean engine, String... words) {
        CommandLine line = new Options().line("x", engine, false);
        assertThatExceptionOfType(CommandLine.ParameterException.class)
                .isThrownBy(() -> line.parseArgs(words))
                .withMessageContaining("'" + what + "'");
    }
}
