package org.bittern.tracker.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Takes bytes from and to a server on loopback, and lets those of the server drip. */
final class DrippingRelay implements AutoCloseable {
    private static final long PAUSE_NANOS = 50_000_000;

    private final ServerSocket relay;
    private final int port;
    private final BooleanSupplier dripping;

    /**
     * In front of a server.
     *
     * @param dripping whether to pause before the next byte
     */
    DrippingRelay(int port, BooleanSupplier dripping) throws IOException {
        this.port = port;
        this.dripping = dripping;
        relay = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().name("dripping-relay").start(this::serve);
    }

    String url(String target) {
        return "https://127.0.0.1:" + relay.getLocalPort() + target;
    }

    private void serve() {
        try (Socket client = relay.accept();
                Socket server = new Socket(client.getLocalAddress(), port)) {
            Thread.ofVirtual().name("dripping-relay-back").start(() -> drip(server, client));
            client.getInputStream().transferTo(server.getOutputStream());
        } catch (IOException _) {
            // one of both had enough
        }
    }

    private void drip(Socket server, Socket client) {
        try {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                out.write(next);
                if (dripping.getAsBoolean()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (IOException _) {
            // one of both had enough
        }
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }
}
