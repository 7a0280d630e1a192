package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Route;
import org.bittern.spi.net.Transport;

/** Two loops, a transport and a listener on the loopback interface. */
final class SocketFixture implements AutoCloseable {
    static final long DIAL_NANOS = Duration.ofSeconds(25).toNanos();
    static final InetSocketAddress ANY = new InetSocketAddress("0.0.0.0", 0);

    final SelectorLoops loops;
    final RoutedEgress egress = new RoutedEgress();
    final TcpTransport transport;
    final BlockingQueue<Connection> accepted = new LinkedBlockingQueue<>();

    SocketFixture() throws IOException {
        loops = new SelectorLoops(2, 32 << 20, Ticker.SYSTEM);
        egress.use(Route.DIRECT);
        transport = new TcpTransport(loops, egress);
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Transport.Listener listen() throws IOException {
        return transport.listen(loopback(0), accepted::add);
    }

    /** Dials from a loop and waits. A failure is an exception with the reason. */
    Connection dial(EventLoop loop, InetSocketAddress remote) throws Exception {
        return dialled(loop, ANY, remote, DIAL_NANOS).get(30, TimeUnit.SECONDS);
    }

    CompletableFuture<Connection> dialled(
            EventLoop loop, InetSocketAddress local, InetSocketAddress remote, long timeoutNanos) {
        CompletableFuture<Connection> result = new CompletableFuture<>();
        Transport.Dial handler =
                new Transport.Dial() {
                    @Override
                    public void connected(Connection connection) {
                        loop.assertOwner();
                        if (!result.complete(connection)) {
                            throw new IllegalStateException("called twice");
                        }
                    }

                    @Override
                    public void failed(String reason) {
                        loop.assertOwner();
                        result.completeExceptionally(new IOException(reason));
                    }
                };
        loop.execute(() -> transport.connect(loop, local, remote, timeoutNanos, handler));
        return result;
    }

    Connection nextAccepted() throws InterruptedException {
        Connection connection = accepted.poll(30, TimeUnit.SECONDS);
        if (connection == null) {
            throw new IllegalStateException("nothing was accepted");
        }
        return connection;
    }

    @Override
    public void close() {
        loops.stop();
    }
}
