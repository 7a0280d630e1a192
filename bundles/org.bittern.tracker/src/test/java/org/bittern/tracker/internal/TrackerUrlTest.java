package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TrackerUrlTest {
    @ParameterizedTest
    @CsvSource({
        "http://t.example/announce, http://t.example:80, t.example, /announce",
        "HTTPS://T.Example:8443/a?k=v#part, https://t.example:8443, t.example:8443, /a?k=v",
        "udp://t.example:6969, udp://t.example:6969, t.example:6969, /",
        "udp://[::1]:6969/announce, udp://[::1]:6969, [::1]:6969, /announce",
        "http://t.example?k=v, http://t.example:80, t.example, /?k=v",
        "http://u:p@t.example/x, http://t.example:80, t.example, /x",
        "http://bücher.example/ö, http://xn--bcher-kva.example:80, xn--bcher-kva.example, /%C3%B6",
        "'http://t.example/a b|c', http://t.example:80, t.example, /a%20b%7Cc",
        "' http://t.example/announce ', http://t.example:80, t.example, /announce",
    })
    void readsWhatStandsInTorrents(String text, String shown, String authority, String target)
            throws TrackerException {
        TrackerUrl url = TrackerUrl.parse(text);
        assertThat(url).hasToString(shown);
        assertThat(url.authority()).isEqualTo(authority);
        assertThat(url.target()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t.example",
                "wss://t.example/",
                "file:///etc/passwd",
                "http://",
                "http:///x",
                "udp://t.example",
                "http://t.example:0/",
                "http://t.example:65536/",
                "http://t.example:999999/",
                "http://a b/",
                "http://[zz]/",
                "http://-x/",
                "http://t.example:80:90/",
                "javascript:alert(1)",
                "http://t.exa\r\nmple/"
            })
    void refusesWhatItCannotUse(String text) {
        assertThatThrownBy(() -> TrackerUrl.parse(text)).isInstanceOf(TrackerException.class);
    }

    @Test
    void letsNothingEndALineOfARequest() throws TrackerException {
        TrackerUrl url = TrackerUrl.parse("http://t.example/a\r\nX: y\u0000\u0085");
        assertThat(url.target()).isEqualTo("/a%0D%0AX:%20y%00%C2%85");
        assertThat(url.redirected("/b\r\nX: y").target()).isEqualTo("/b%0D%0AX:%20y");
    }

    @Test
    void keepsTheQueryThatIsThere() throws TrackerException {
        assertThat(TrackerUrl.parse("http://t/a").targetWith("x=1")).isEqualTo("/a?x=1");
        assertThat(TrackerUrl.parse("http://t/a?k=v").targetWith("x=1")).isEqualTo("/a?k=v&x=1");
        assertThat(TrackerUrl.parse("http://t/a?").targetWith("x=1")).isEqualTo("/a?x=1");
    }

    @Test
    void findsRedirectTargets() throws TrackerException {
        TrackerUrl url = TrackerUrl.parse("https://t.example/x/announce?k=v");
        assertThat(url.redirected("other?y").target()).isEqualTo("/x/other?y");
        assertThat(url.redirected("/root").target()).isEqualTo("/root");
        assertThat(url.redirected("//o.example/p")).hasToString("https://o.example:443");
        assertThat(url.redirected("http://o.example:81/p")).hasToString("http://o.example:81");
        assertThatThrownBy(() -> url.redirected("udp://o.example:1/"))
                .hasMessageContaining("http or https");
    }

    @ParameterizedTest
    @CsvSource({
        "http://t/announce, /scrape",
        "http://t/x/announce, /x/scrape",
        "http://t/announce.php?k=v, /scrape.php?k=v",
        "http://t/announce?x=a/b, /scrape?x=a/b",
        "http://t/a,",
        "http://t/announce/x,",
        "http://t/xannounce,",
    })
    void derivesTheScrapeUrl(String announce, String scrape) throws TrackerException {
        assertThat(TrackerUrl.parse(announce).scrape().map(TrackerUrl::target))
                .isEqualTo(Optional.ofNullable(scrape));
    }

    @Test
    void showsNoSecrets() throws TrackerException {
        TrackerUrl url = TrackerUrl.parse("http://user:s3cret@t.example/s3cret/announce?k=s3cret");
        assertThat(url.toString()).doesNotContain("s3cret");
    }
}
