package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bittern.spi.net.FileParts;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parts one after the other: how many connections they take, and where they are looked for. */
@Timeout(60)
class HttpVisitTest {
    private static final String PART = "HTTP/1.1 206 X\r\nContent-Range: bytes 0-2/9\r\n";
    private static final String LONG = PART + "Content-Length: 3\r\n\r\nabc";

    private final RoutedEgress egress = new RoutedEgress();
    private final HandClock ticker = new HandClock();
    private final FileParts.Visit visit = new HttpDownloads(egress, ticker).visit();
    private final List<Server> servers = new ArrayList<>();

    /** Answers as long as the other side keeps the connection. */
    private static final class Server implements AutoCloseable {
        final List<String> paths = new CopyOnWriteArrayList<>();
        final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket socket;
        private volatile UnaryOperator<String> answers = path -> LONG;
        private volatile boolean shy; // hangs up after each answer, without saying so before

        Server() throws IOException {
            socket = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
            Thread.ofVirtual().name("server").start(this::serve);
        }

        String url(String path) {
            return "http://127.0.0.1:" + socket.getLocalPort() + path;
        }

        private void serve() {
            while (!socket.isClosed()) {
                try {
                    Socket peer = socket.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().name("server-peer").start(() -> talk(peer));
                } catch (IOException _) {
                    return; // the end of the test
                }
            }
        }

        private void talk(Socket peer) {
            try (peer) {
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        peer.getInputStream(), StandardCharsets.US_ASCII));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.startsWith("GET ")) {
                        paths.add(line.substring(4, line.indexOf(' ', 4)));
                    } else if (line.isEmpty()) {
                        String answer = answers.apply(paths.getLast());
                        boolean last = shy; // the test goes on when it has the answer
                        peer.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                        if (last) {
                            return;
                        }
                    }
                }
            } catch (IOException _) {
                // the client has hung up
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void begin() {
        egress.use(Route.DIRECT);
    }

    @AfterEach
    void end() throws IOException {
        visit.close();
        for (Server server : servers) {
            server.close();
        }
    }

    private Server server() throws IOException {
        Server server = new Server();
        servers.add(server);
        return server;
    }

    private String part(String url) throws IOException {
        try (InputStream in = visit.part(url, 0, 3, Duration.ofSeconds(30))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private void parts(Server server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(part(server.url("/" + i))).isEqualTo("abc");
        }
    }

    @Test
    void manyFilesComeOverOneConnection() throws Exception {
        Server server = server();
        parts(server, 20);
        assertThat(server.connections).hasValue(1);
        assertThat(server.paths).hasSize(20);
        assertThat(part(server().url("/"))).isEqualTo("abc");
    }

    @Test
    void aConnectionThatTheServerHasClosedIsReplaced() throws Exception {
        Server server = server();
        server.shy = true;
        parts(server, 3);
        assertThat(server.connections).hasValue(3);
        server.shy = false;
        server.answers = path -> PART + "Content-Length: 3\r\nConnection: Close\r\n\r\nabc";
        parts(server, 3);
        assertThat(server.connections).hasValue(6);
    }

    @Test
    void whatIsNotReadToItsEndIsNotKept() throws Exception {
        Server server = server();
        visit.part(server.url("/"), 0, 3, Duration.ofSeconds(30)).close();
        parts(server, 1);
        server.answers = path -> PART + "\r\nabc"; // no length: it may go on
        parts(server, 2);
        server.answers = path -> LONG + "more";
        parts(server, 1);
        server.answers = path -> "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcdefghi";
        parts(server, 2);
        assertThat(server.connections).hasValue(6);
    }

    @Test
    void nothingIsKeptForLongOrOnAnotherRoute() throws Exception {
        Server server = server();
        parts(server, 1);
        egress.use(
                new Route(
                        true,
                        Optional.empty(),
                        false,
                        List.of(InetAddress.ofLiteral("127.0.0.1"))));
        parts(server, 1);
        assertThat(server.connections).hasValue(2);
        ticker.advance(Duration.ofSeconds(16));
        parts(server, 1);
        assertThat(server.connections).hasValue(3);
        egress.use(Route.CLOSED);
        assertThatThrownBy(() -> part(server.url("/"))).hasMessageContaining("closed");
        assertThat(server.paths).hasSize(3);
    }

    @Test
    void noButtonIsPressedOnAConnectionThatIsThere() throws Exception {
        Server server = server();
        parts(server, 1);
        assertThatThrownBy(() -> part(server.url("/shutdown?now=1"))).hasMessageContaining("query");
        assertThat(server.paths).containsExactly("/0");
    }

    @Test
    void aFileBehindARedirectIsAskedThereAgain() throws Exception {
        Server mirror = server();
        Server front = server();
        front.answers =
                path ->
                        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
                                + mirror.url("/m" + path)
                                + "\r\n\r\n";
        for (int i = 0; i < 3; i++) {
            assertThat(part(front.url("/a"))).isEqualTo("abc");
        }
        assertThat(front.paths).containsExactly("/a");
        assertThat(mirror.paths).containsExactly("/m/a", "/m/a", "/m/a");
        assertThat(mirror.connections).hasValue(1);
        assertThat(part(front.url("/b"))).isEqualTo("abc");
        assertThat(front.paths).containsExactly("/a", "/b");
        assertThat(mirror.connections).hasValue(1);
    }

    @Test
    void whereTheMirrorHasItNoMoreTheFirstServerIsAskedAgain() throws Exception {
        Server mirror = server();
        Server front = server();
        front.answers = path -> "HTTP/1.1 302 Found\r\nLocation: " + mirror.url("/m") + "\r\n\r\n";
        assertThat(part(front.url("/a"))).isEqualTo("abc");
        mirror.answers = path -> "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        front.answers = path -> LONG;
        assertThat(part(front.url("/a"))).isEqualTo("abc");
        assertThat(part(front.url("/a"))).isEqualTo("abc");
        assertThat(mirror.paths).hasSize(2);
        assertThat(front.paths).hasSize(3);
    }
}
