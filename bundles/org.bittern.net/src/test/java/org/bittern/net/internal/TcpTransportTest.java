package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpTransportTest {
    private static final InetAddress V4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress V6 = InetAddress.ofLiteral("::1");

    private SocketFixture net;
    private EventLoop loop;

    @BeforeEach
    void start() throws Exception {
        net = new SocketFixture();
        loop = net.loops.loops().getLast();
    }

    @AfterEach
    void stop() {
        net.close();
    }

    @Test
    void saysWhyADialFailed() throws Exception {
        Transport.Listener listener = net.listen();
        InetSocketAddress closed = listener.local();
        listener.close();
        assertThatThrownBy(() -> net.dial(loop, closed)).hasMessageContaining("refused");
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        assertThatThrownBy(() -> net.dial(loop, nowhere)).hasMessageContaining("unresolved");
    }

    @Test
    void failsClosedWhenTheBindAddressIsGone() throws Exception {
        InetSocketAddress gone = new InetSocketAddress("192.0.2.1", 0); // RFC 5737: nobody's
        Transport.Listener listener = net.listen();
        CompletableFuture<Connection> dial =
                net.dialled(loop, gone, listener.local(), SocketFixture.DIAL_NANOS);
        assertThatThrownBy(() -> dial.get(30, TimeUnit.SECONDS))
                .hasMessageContaining("Cannot assign");
        assertThatThrownBy(() -> net.transport.listen(gone, net.accepted::add))
                .isInstanceOf(BindException.class);
        assertThat(net.accepted).isEmpty();
    }

    @Test
    void dialsFromTheGivenAddress() throws Exception {
        Transport.Listener listener = net.listen();
        InetSocketAddress second = new InetSocketAddress("127.0.0.2", 0);
        Connection dialled =
                net.dialled(loop, second, listener.local(), SocketFixture.DIAL_NANOS)
                        .get(30, TimeUnit.SECONDS);
        assertThat(dialled.local().getAddress()).isEqualTo(second.getAddress());
        assertThat(net.nextAccepted().remote().getAddress()).isEqualTo(second.getAddress());
    }

    @Test
    void givesUpADialAfterItsTimeout() throws Exception {
        // A full backlog is the one way to get no answer on the loopback interface.
        try (ServerSocketChannel deaf = ServerSocketChannel.open()) {
            deaf.bind(SocketFixture.loopback(0), 1);
            InetSocketAddress target = (InetSocketAddress) deaf.getLocalAddress();
            List<SocketChannel> fillers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(target);
                fillers.add(filler);
            }
            long begin = System.nanoTime();
            CompletableFuture<Connection> dial =
                    net.dialled(loop, SocketFixture.ANY, target, Duration.ofMillis(200).toNanos());
            assertThatThrownBy(() -> dial.get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("no answer in time");
            assertThat(System.nanoTime() - begin).isGreaterThan(Duration.ofMillis(199).toNanos());
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void asksTheFiltersBeforeItDialsAndAccepts() throws Exception {
        Transport.Listener listener = net.listen();
        InetAddress bad = InetAddress.ofLiteral("127.0.0.9");
        OneAddressFilter filter = new OneAddressFilter(bad);
        net.egress.addFilter(filter);
        InetSocketAddress badListener = new InetSocketAddress(bad, listener.local().getPort());
        assertThatThrownBy(() -> net.dial(loop, badListener)).hasMessageContaining("filter");
        try (SocketChannel peer = SocketChannel.open()) {
            peer.bind(new InetSocketAddress(bad, 0));
            peer.connect(listener.local());
            assertThat(endOf(peer)).isTrue();
        }
        assertThat(net.accepted).isEmpty();
        net.egress.removeFilter(filter);
        assertThatThrownBy(() -> net.dial(loop, badListener))
                .as("while it is exchanged")
                .hasMessageContaining("filter");
        net.egress.addFilter(new OneAddressFilter(InetAddress.ofLiteral("127.0.0.10")));
        assertThat(net.transport.blocked(bad)).isFalse();
        net.dial(loop, listener.local());
        assertThat(net.nextAccepted()).isNotNull();
    }

    @Test
    void thePortIsFreeWhenTheListenerIsClosed() throws Exception {
        Transport.Listener first = net.listen();
        int port = first.local().getPort();
        net.dial(loop, first.local()); // a connection stays open on this port
        assertThatThrownBy(() -> net.transport.listen(SocketFixture.loopback(port), c -> {}))
                .isInstanceOf(BindException.class);
        for (int i = 0; i < 50; i++) {
            first.close();
            first.close();
            first = net.transport.listen(SocketFixture.loopback(port), net.accepted::add);
        }
        Transport.Listener last = first;
        OnLoop.run(net.loops.listenerLoop(), last::close);
        assertThatThrownBy(() -> net.dial(loop, last.local())).hasMessageContaining("refused");
    }

    @Test
    void speaksBothFamiliesOnTheWildcardAddress() throws Exception {
        assumeThat(V6.isReachable(500)).as("IPv6 loopback").isTrue();
        Transport.Listener listener =
                net.transport.listen(new InetSocketAddress("::", 0), net.accepted::add);
        int port = listener.local().getPort();
        net.dial(loop, new InetSocketAddress(V4, port));
        assertThat(net.nextAccepted().remote().getAddress()).isEqualTo(V4);
        net.dial(loop, new InetSocketAddress(V6, port));
        assertThat(net.nextAccepted().remote().getAddress()).isEqualTo(V6);
        CompletableFuture<Connection> crossed =
                net.dialled(
                        loop,
                        new InetSocketAddress(V4, 0),
                        new InetSocketAddress(V6, port),
                        SocketFixture.DIAL_NANOS);
        assertThatThrownBy(() -> crossed.get(30, TimeUnit.SECONDS))
                .hasMessageContaining("cannot dial");
    }

    @Test
    void aThousandConnectionsLeaveNoDescriptorBehind() throws Exception {
        assumeThat(Files.exists(Path.of("/proc/self/fd"))).as("Linux").isTrue();
        Transport.Listener listener = net.listen();
        openAndClose(listener, 20); // what is opened once and stays
        long before = descriptors();
        for (int round = 0; round < 10; round++) {
            openAndClose(listener, 100);
        }
        // The descriptors of a turn are freed when the next one begins.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before + 2));
    }

    @Test
    void aStoppedLoopBreaksItsConnectionsAndFreesThePort() throws Exception {
        Transport.Listener listener = net.listen();
        try (SocketChannel peer = SocketChannel.open(listener.local())) {
            Connection accepted = net.nextAccepted();
            Sink sink = new Sink(accepted);
            OnLoop.run(accepted.loop(), () -> accepted.start(sink));
            long begin = System.nanoTime();
            net.close();
            assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(20).toNanos());
            assertThatThrownBy(() -> sink.end.get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("stops");
            assertThat(endOf(peer)).isTrue();
            assertThat(accepted.loop().post(() -> {})).isFalse();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("net-loop"));
        try (ServerSocketChannel again = ServerSocketChannel.open()) {
            again.bind(listener.local());
        }
        listener.close(); // harmless now
    }

    private void openAndClose(Transport.Listener listener, int count) throws Exception {
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EventLoop dialler = net.loops.next();
            open.add(net.dial(dialler, listener.local()));
            open.add(net.nextAccepted());
        }
        for (Connection connection : open) {
            OnLoop.run(connection.loop(), connection::close);
        }
    }

    private static long descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    private static boolean endOf(SocketChannel peer) {
        try {
            return peer.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true; // a reset is an end as well
        }
    }
}
