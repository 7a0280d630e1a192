package org.bittern.spi.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.MalformedURLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpUrlTest {
    @ParameterizedTest
    @CsvSource({
        "http://host,                      host,                      80,   /",
        "HTTP://Host/A,                    host,                      80,   /A",
        "https://host?a=b#c,               host,                      443,  /?a=b",
        "http://host:8080/a%20b?c[]=%zz,   host,                      8080, /a%20b?c%5B%5D=%25zz",
        "http://host/My File 100%.iso,     host,                      80,   /My%20File%20100%25.iso",
        "http://my_host/a[1].zip,          my_host,                   80,   /a%5B1%5D.zip",
        "http://bücher.example/ü,          xn--bcher-kva.example,     80,   /%C3%BC",
        "http://[2001:DB8::1]:81/x,        2001:db8::1,               81,   /x",
        "http://host:/x,                   host,                      80,   /x",
    })
    void readsWhatTorrentsContain(String url, String host, int port, String target)
            throws Exception {
        HttpUrl read = HttpUrl.parse(url);
        assertThat(read.secure()).isEqualTo(url.startsWith("https"));
        assertThat(read.host()).isEqualTo(host);
        assertThat(read.port()).isEqualTo(port);
        assertThat(read.target()).isEqualTo(target);
        assertThat(read.hasQuery()).isEqualTo(target.contains("?"));
    }

    @Test
    void nothingInItEndsALineOfARequest() throws Exception {
        assertThat(HttpUrl.parse("http://host/a\r\nX: y\u2028\u007f").target())
                .isEqualTo("/a%0D%0AX:%20y%E2%80%A8%7F");
        assertThatThrownBy(() -> HttpUrl.parse("http://host\r\nX: y/"))
                .isInstanceOf(MalformedURLException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "ftp://host/",
                "file:///etc/passwd",
                "http:///x",
                "http://u:p@host/",
                "http://host:65536/",
                "http://host:0/",
                "http://ho st/",
                "http://host／x/",
                "http://-/",
                "http://[host]/",
                "http://::1/",
            })
    void refusesWhatIsNoUrlOfTheWeb(String url) {
        assertThatThrownBy(() -> HttpUrl.parse(url)).isInstanceOf(MalformedURLException.class);
        assertThatThrownBy(() -> HttpUrl.parse("http://host/" + "x".repeat(8192)))
                .hasMessageContaining("8192");
    }

    @ParameterizedTest
    @CsvSource({
        "/c d,              http://host:81/c%20d",
        "e,                 http://host:81/a/e",
        "../e?f,            http://host:81/e?f",
        "../../..,          http://host:81/",
        "./.,               http://host:81/a/",
        "/x/../y/.?z=../a,  http://host:81/y/?z=../a",
        "?q,                http://host:81/a/b?q",
        "#f,                http://host:81/a/",
        "//other/x,         http://other/x",
        "https://other:1/x, https://other:1/x",
    })
    void followsRedirectsOfEachForm(String location, String expected) throws Exception {
        HttpUrl from = HttpUrl.parse("http://host:81/a/b?c=d");
        HttpUrl to = from.redirected(location);
        assertThat((to.secure() ? "https://" : "http://") + to.authority() + to.target())
                .isEqualTo(expected);
        assertThat(from.isSameServer(to)).isEqualTo(expected.contains("host:81"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "http://host:99999/", "//u@other/"})
    void refusesRedirectsOutOfTheWeb(String location) throws Exception {
        HttpUrl from = HttpUrl.parse("http://host/a");
        assertThatThrownBy(() -> from.redirected(location))
                .isInstanceOf(MalformedURLException.class);
    }
}
