package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bittern.spi.net.FileParts;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpPartsTest {
    private final RoutedEgress egress = new RoutedEgress();
    private final HttpDownloads downloads = new HttpDownloads(egress);
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        egress.use(Route.DIRECT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String part(String path, long offset, long length) throws IOException {
        String url = "http://127.0.0.1:" + server.port() + path;
        try (InputStream in = downloads.part(url, offset, length, Duration.ofSeconds(30))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void bringsThePartThatWasAskedFor() throws Exception {
        server.answer("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-5/*\r\n\r\nabcdef");
        assertThat(part("/a%20b", 3, 3)).isEqualTo("abc");
        assertThat(server.heard())
                .startsWith("GET /a%20b HTTP/1.1\r\n")
                .contains("\r\nRange: bytes=3-5\r\n");
    }

    @Test
    void takesTheBeginOfAWholeFile() throws Exception {
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcdefghi");
        assertThat(part("/", 0, 4)).isEqualTo("abcd");
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcdefghi");
        assertThatThrownBy(() -> part("/", 4, 4)).isInstanceOf(FileParts.NotThere.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "404 Not Found\r\n",
                "416 Range Not Satisfiable\r\nContent-Range: bytes */2\r\n",
                "206 Partial Content\r\n",
                "206 Partial Content\r\nContent-Range: bytes 2-5/9\r\n",
                "206 Partial Content\r\nContent-Range: bytes 3-4/9\r\n",
                "206 Partial Content\r\nContent-Range: bytes 3-99999999999999999999/9\r\n",
                "206 P\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 3-5/9\r\n",
            })
    void knowsAServerThatIsOfNoUse(String answer) {
        server.answer("HTTP/1.1 " + answer + "\r\nabc");
        assertThatThrownBy(() -> part("/", 3, 3)).isInstanceOf(FileParts.NotThere.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"503 Service Unavailable", "500 Oops", "429 Too Many Requests"})
    void knowsAServerThatIsOnlyBusy(String status) {
        server.answer("HTTP/1.1 " + status + "\r\n\r\n");
        assertThatThrownBy(() -> part("/", 3, 3))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(FileParts.NotThere.class);
    }

    @Test
    void failsWhenTheServerHangsUp() {
        server.answer("HTTP/1.1 206 X\r\nContent-Range: bytes 3-5/9\r\n\r\nab");
        assertThatThrownBy(() -> part("/", 3, 3)).isInstanceOf(EOFException.class);
    }

    @Test
    void pressesNoButtonsOfOtherServices() {
        assertThatThrownBy(() -> part("/shutdown?now=1", 0, 3)).hasMessageContaining("query");
        assertThat(server.connections()).isZero();
        server.answer("HTTP/1.1 302 Found\r\nLocation: /shutdown?now=1\r\n\r\n");
        assertThatThrownBy(() -> part("/", 0, 3)).hasMessageContaining("query");
        assertThat(server.connections()).isOne();
    }
}
