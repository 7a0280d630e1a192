package org.bittern.spi.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TlsHandshakeTest {
    /** The head of a record of 16 KiB: handshake, TLS 1.2. */
    private static final byte[] RECORD_HEAD = {0x16, 3, 3, 0x40, 0};

    private static void drip(ServerSocket server) {
        try (Socket peer = server.accept()) {
            OutputStream out = peer.getOutputStream();
            out.write(RECORD_HEAD);
            while (true) { // each byte comes in time, the whole never
                out.write(0);
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException _) {
            // the client had enough
        }
    }

    @Test
    void endsAHandshakeThatDripsIn() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket server = new ServerSocket(0, 1, loopback);
                Socket plain = new Socket(loopback, server.getLocalPort())) {
            Thread.startVirtualThread(() -> drip(server));
            SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
            Deadline deadline = Deadline.after(Duration.ofMillis(600));
            assertThatThrownBy(
                            () -> TlsHandshake.lead(tls, plain, "127.0.0.1", 443, deadline).close())
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }
}
