package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostPortTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:43",
                "[::1]:45",
                "[2001:db8::2]:65535",
                "router.example.com:1",
                "a_b-c.:6881"
            })
    void readsWhatItWrites(String text) {
        assertThat(HostPort.parse(text))
                .hasValueSatisfying(address -> assertThat(address).hasToString(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "host",
                "host:",
                "host:0",
                "host:65536",
                "host:-1",
                "host:+1",
                "host:1x",
                "<b>:100",
                "::1:45",
                "[host]:1",
                "[]:1",
                "a b:1",
                "host:99999999999",
                "-a:1",
                "h\u00f6st:1",
                "host:\u0661"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThat(HostPort.parse(text)).isEmpty();
    }

    @Test
    void cannotBeMadeOfNonsense() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new HostPort("", 1));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new HostPort("a", 0));
        assertThat(new HostPort("::1", 5).host()).isEqualTo("::1");
    }
}
