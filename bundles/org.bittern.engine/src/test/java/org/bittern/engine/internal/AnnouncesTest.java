package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bittern.api.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AnnouncesTest {
    @Test
    void takesTrackersAsTheyAreNamed() {
        for (String url :
                List.of(
                        "http://a.example/announce",
                        "HTTPS://user:pw@a.example:8443/x/announce?key=1#2",
                        "udp://[2001:db8::1]:80",
                        "udp://192.0.2.1:80/announce",
                        "http://my_tracker:6969/announce",
                        "http://b\u00fccher.example/announce",
                        "http://a.example/my tracker/announce?k={1}")) {
            assertThatCode(() -> Announces.check(List.of(List.of(url)), List.of()))
                    .as(url)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void refusesWhatIsNone() {
        for (String url :
                List.of(
                        "",
                        "a.example",
                        "wss://a.example",
                        "http:///announce",
                        "http://:80/announce",
                        "http://-a/announce",
                        "http://a..b/announce",
                        "http://a b/announce",
                        "http://[a.example]/announce",
                        "http://[::1/announce",
                        "http://a:b/announce",
                        "http://a.example/\nannounce",
                        "http://a.example/" + "x".repeat(4096),
                        "http://" + "a.".repeat(127) + "a/announce")) {
            refused(url, List.of());
        }
    }

    private static void refused(String url, List<List<String>> present) {
        assertThatThrownBy(() -> Announces.check(List.of(List.of(url)), present))
                .as(url)
                .isInstanceOf(EngineException.class);
    }

    @Test
    void leavesWhatIsThereAlready() {
        List<List<String>> present = List.of(List.of("udp://a:1"), List.of("wss://b"));
        Announces.check(List.of(List.of("wss://b", "http://c/announce")), present);
        refused("wss://d", present);
    }
}
