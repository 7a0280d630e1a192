package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are slow, at the server that Felix uses. */
@Timeout(60)
class HeadDeadlineTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration WAIT = Duration.ofSeconds(50);

    private final AtomicLong ahead = new AtomicLong(); // of the clock
    private final HeadDeadline heads = new HeadDeadline(() -> System.nanoTime() + ahead.get());
    private final CountDownLatch answering = new CountDownLatch(1);
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    @BeforeEach
    void start() throws Exception {
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setIdleTimeout(LONG.toMillis());
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws InterruptedException {
                        if (Request.getPathInContext(request).equals("/slow")) {
                            answering.await();
                        }
                        callback.succeeded();
                        return true;
                    }
                });
        server.start();
        heads.watch(connector);
        heads.adopt(LONG);
    }

    @AfterEach
    void stop() throws Exception {
        answering.countDown();
        server.stop();
    }

    @Test
    void onlyAHeadThatDoesNotComeToItsEndIsCutOff() throws Exception {
        try (Client silent = new Client();
                Client kept = new Client();
                Client answered = new Client();
                Client slow = new Client()) {
            kept.get("/");
            assertThat(kept.status()).isEqualTo("HTTP/1.1 200 OK");
            answered.get("/slow");
            slow.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            await().atMost(WAIT).until(() -> parsing() == 1);
            assertThat(heads.look()).isZero();
            ahead.set(LONG.toNanos());
            assertThat(heads.look()).isEqualTo(1);
            assertThat(slow.isCutOff()).isTrue();
            answering.countDown();
            assertThat(answered.status()).isEqualTo("HTTP/1.1 200 OK");
            for (Client client : new Client[] {silent, kept, answered}) {
                client.get("/");
                assertThat(client.status()).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void aServerThatHasEndedIsForgotten() throws Exception {
        ahead.set(LONG.toNanos());
        try (Client slow = new Client()) {
            slow.send("GET / HT");
            await().atMost(WAIT).until(() -> parsing() == 1);
            server.stop();
            assertThat(heads.look()).isZero();
        }
    }

    /** Connections in the midst of a head. */
    private long parsing() {
        return connector.getConnectedEndPoints().stream()
                .filter(client ->
                        client.getConnection() instanceof HttpConnection http
                                && http.getParser().inHeaderState()
                                && !http.getParser().isState(HttpParser.State.START))
                .count();
    }

    /** One connection. */
    private final class Client implements AutoCloseable {
        private final Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        private final BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));

        Client() throws IOException {
            // its fields do all
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void get(String path) throws IOException {
            send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        /** Of the next answer, which has no body. */
        String status() throws IOException {
            String status = in.readLine();
            String line = status;
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            return String.valueOf(status);
        }

        boolean isCutOff() throws IOException {
            try {
                return in.read() < 0;
            } catch (SocketException e) {
                return true; // by a reset
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
