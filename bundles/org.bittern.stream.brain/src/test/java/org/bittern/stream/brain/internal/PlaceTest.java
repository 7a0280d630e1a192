package org.bittern.stream.brain.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be configured. */
@Timeout(30)
class PlaceTest {
    @ParameterizedTest
    @CsvSource({
        "ws://127.0.0.1:9092/control, ws://127.0.0.1:9092/control",
        "wss://media.example/tv/control, wss://media.example/tv/control",
        "ws://[::1]:80, ws://[::1]:80/control",
        "WS://host/, WS://host/control",
    })
    void aUrlIsTakenAndGetsThePathThatItLacks(String url, String taken) {
        assertThat(Place.of(url, "t").url()).hasToString(taken);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:9092",
                "http://127.0.0.1/control",
                "ws:///control",
                "ws://host:0/control",
                "ws://host:65536/control",
                "ws:host",
                "ws://host/control#x",
                "a b",
            })
    void anotherIsRefusedWithWhatIsAllowed(String url) {
        assertThatThrownBy(() -> Place.of(url, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + url + "'")
                .hasMessageContaining("allowed is ws://HOST:PORT/control");
    }

    @Test
    void whatMayBeSecretIsNotShown() {
        assertThatThrownBy(() -> Place.of("ws://host/control?token=abc", ""))
                .message()
                .doesNotContain("abc");
        assertThatThrownBy(() -> Place.of("ws://me:abc@host/control", ""))
                .message()
                .doesNotContain("abc");
        assertThatThrownBy(() -> Place.of("ws://host/control", "abc\n"))
                .message()
                .doesNotContain("abc")
                .contains("token");
    }
}
