package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.bittern.api.engine.UrlReader;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpDownloadsTest {
    private static final Duration TIME = Duration.ofSeconds(30);

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

    private String fetch(String url, long most) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long bytes = downloads.fetch(url, most, TIME, out);
        assertThat(bytes).isEqualTo(out.size());
        return out.toString(StandardCharsets.UTF_8);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    @Test
    void fetchesBodiesOfEachForm() throws Exception {
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef");
        assertThat(fetch(url("/a?b=c"), 10)).isEqualTo("abc");
        assertThat(server.heard())
                .startsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n");
        server.answer(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        assertThat(fetch(url("/"), 3)).isEqualTo("abc");
        server.answer("HTTP/1.0 200 OK\n\nabc");
        assertThat(fetch(url("/"), 3)).isEqualTo("abc");
    }

    @Test
    void refusesMoreThanAllowed() {
        for (String answer :
                List.of(
                        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
                        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
                        "HTTP/1.1 200 OK\r\n\r\nabcd")) {
            server.answer(answer);
            assertThatThrownBy(() -> fetch(url("/"), 3)).hasMessageContaining("larger");
        }
    }

    @Test
    void saysWhatIsWrongWithAnAnswer() {
        server.answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        assertThatThrownBy(() -> fetch(url("/"), 3)).hasMessageContaining("status 404");
        server.answer("SSH-2.0-OpenSSH\r\n");
        assertThatThrownBy(() -> fetch(url("/"), 3)).hasMessageContaining("not HTTP");
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        assertThatThrownBy(() -> fetch(url("/"), 9)).hasMessageContaining("cut off");
        server.answer("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(200) + "\r\n");
        assertThatThrownBy(() -> fetch(url("/"), 9)).hasMessageContaining("header fields");
    }

    @Test
    void followsRedirectsButNotForEver() throws Exception {
        server.answer("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n");
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        assertThat(fetch(url("/a"), 3)).isEqualTo("x");
        for (int i = 0; i <= HttpDownloads.MAX_REDIRECTS; i++) {
            server.answer("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n");
        }
        assertThatThrownBy(() -> fetch(url("/a"), 3)).hasMessageContaining("redirects");
    }

    @Test
    void readsUrlsAndRedirectsAsPeopleWriteThem() throws Exception {
        server.answer("HTTP/1.1 302 Found\r\nLocation: /c d/\u00c3\u00bc?e f\r\n\r\n");
        server.answer("HTTP/1.1 302 Found\r\nLocation: ../[x].bin\r\n\r\n");
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        assertThat(fetch(url("/My File [1].iso"), 3)).isEqualTo("x");
        assertThat(server.requests())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("GET /My%20File%20%5B1%5D.iso HTTP"),
                        second -> assertThat(second).startsWith("GET /c%20d/%C3%BC?e%20f HTTP"),
                        third -> assertThat(third).startsWith("GET /%5Bx%5D.bin HTTP"));
    }

    @Test
    void tellsCookiesToNobodyElse() throws Exception {
        server.answer("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n");
        server.answer(
                "HTTP/1.1 302 Found\r\nLocation: http://localhost:" + server.port() + "/c\r\n\r\n");
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        assertThat(downloads.read(url("/a"), "k=v; l=w", 3, TIME)).containsExactly('x');
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().get(0)).contains("\r\nCookie: k=v; l=w\r\n");
        assertThat(server.requests().get(1)).contains("\r\nCookie: k=v; l=w\r\n");
        assertThat(server.requests().get(2)).startsWith("GET /c ").doesNotContain("Cookie");
        assertThatThrownBy(() -> downloads.read(url("/a"), "k=v\r\nX: y", 3, TIME))
                .hasMessageContaining("cookies");
        server.answer("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        assertThatThrownBy(() -> downloads.read(url("/a"), "", 3, TIME))
                .isInstanceOfSatisfying(
                        UrlReader.Refused.class, e -> assertThat(e.status()).isEqualTo(403));
    }

    @Test
    void refusesEverythingButTheWeb() {
        server.answer("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n");
        assertThatThrownBy(() -> fetch(url("/a"), 3)).hasMessageContaining("only http");
        server.answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:99999/\r\n\r\n");
        assertThatThrownBy(() -> fetch(url("/a"), 3)).hasMessageContaining("port 99999");
        for (String url :
                List.of(
                        "ftp://127.0.0.1/",
                        "file:///etc/passwd",
                        "http:///x",
                        "nothing",
                        "http://127.0.0.1:65536/",
                        "http://u:p@h/")) {
            assertThatThrownBy(() -> fetch(url, 3)).as(url).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> fetch("http://0.0.0.0:1/", 3)).hasMessageContaining("usable");
    }

    @Test
    void goesNowhereWhileTheNetworkIsClosed() {
        egress.use(Route.CLOSED);
        assertThatThrownBy(() -> fetch(url("/"), 3)).hasMessageContaining("closed");
        assertThatThrownBy(() -> fetch("http://nobody.invalid/", 3))
                .as("nor is a name looked up")
                .hasMessageContaining("closed");
        assertThat(server.connections()).isZero();
    }

    @Test
    void sendsFromTheBoundAddressOnly() throws Exception {
        InetAddress other = InetAddress.ofLiteral("127.0.0.2");
        egress.use(new Route(true, Optional.empty(), false, List.of(other)));
        server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        assertThat(fetch(url("/"), 3)).isEqualTo("x");
        assertThat(server.lastPeer()).isEqualTo(other);
        InetAddress v6 = InetAddress.ofLiteral("2001:db8::1");
        egress.use(new Route(true, Optional.empty(), false, List.of(v6)));
        assertThatThrownBy(() -> fetch(url("/"), 3)).hasMessageContaining("family");
    }

    @Test
    void endsASecureHandshakeThatDripsIn() throws Exception {
        try (ServerSocket dripping = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.startVirtualThread(() -> drip(dripping));
            String url = "https://127.0.0.1:" + dripping.getLocalPort() + "/";
            Duration hasty = Duration.ofMillis(600);
            assertThatThrownBy(() -> downloads.read(url, "", 3, hasty))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static void drip(ServerSocket server) {
        try (Socket peer = server.accept()) {
            OutputStream out = peer.getOutputStream();
            out.write(new byte[] {0x16, 3, 3, 0x40, 0}); // the head of a record of 16 KiB
            while (true) { // each byte comes in time, the whole never
                out.write(0);
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException _) {
            // the client had enough
        }
    }
}
