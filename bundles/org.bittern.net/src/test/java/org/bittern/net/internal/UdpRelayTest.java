package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.net.internal.Heard.bytes;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shared UDP ports while peers are reached through a proxy. */
@Timeout(120)
class UdpRelayTest {
    private final Heard received = new Heard();
    private final AtomicLong passedNanos = new AtomicLong();
    private final Ticker clock = new MovedClock();
    private final RoutedEgress egress = new RoutedEgress(clock);
    private SelectorLoops loops;
    private UdpPorts ports;
    private DatagramSocket peer;
    private Datagrams.Port port;

    /** The clock of the machine, and what the test lets pass. */
    private final class MovedClock implements Ticker {
        @Override
        public long nanoTime() {
            return Ticker.SYSTEM.nanoTime() + passedNanos.get();
        }

        @Override
        public Instant now() {
            return Ticker.SYSTEM.now();
        }
    }

    @BeforeEach
    void start() throws Exception {
        loops = new SelectorLoops(2, 1 << 20, clock);
        ports = new UdpPorts(loops, egress);
        peer = new DatagramSocket(SocketFixture.loopback(0));
        peer.setSoTimeout(30_000);
        port =
                ports.open(
                        SocketFixture.loopback(0),
                        (bytes, from) -> received.add(Heard.text(bytes) + " " + from.getPort()));
    }

    @AfterEach
    void stop() {
        port.close();
        ports.stop();
        loops.stop();
        peer.close();
    }

    @Test
    void datagramsGoThroughTheProxyAndComeBack() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(true)) {
            egress.use(through(proxy.address()));
            assertThat(port.send(bytes("one"), there())).isTrue(); // waits for the association
            DatagramPacket first = next();
            assertThat(text(first)).isEqualTo("one");
            assertThat(first.getPort()).isEqualTo(proxy.outsidePort());
            assertThat(proxy.next()).isEqualTo("command 3");
            answer(first, "two");
            assertThat(received.next()).isEqualTo("two " + peer.getLocalPort());
            assertThat(port.send(bytes("three"), there())).isTrue();
            assertThat(text(next())).isEqualTo("three");
            assertThat(port.sendUncut(bytes("four"), there())).as("nobody can tell").isFalse();
            assertThat(proxy.events).as("one association for all").isEmpty();
        }
    }

    @Test
    void whatComesAroundTheProxyIsNotHeard() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(true)) {
            egress.use(through(proxy.address()));
            port.send(bytes("one"), there());
            DatagramPacket first = next();
            peer.send(new DatagramPacket(new byte[] {'x'}, 1, port.local()));
            answer(first, "good");
            assertThat(received.next()).isEqualTo("good " + peer.getLocalPort());
        }
    }

    @Test
    void anotherRouteEndsTheAssociation() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(true)) {
            egress.use(through(proxy.address()));
            port.send(bytes("one"), there());
            next();
            assertThat(proxy.next()).isEqualTo("command 3");
            egress.use(Route.DIRECT);
            assertThat(proxy.next()).isEqualTo("ended");
            assertThat(port.send(bytes("two"), there())).isTrue();
            assertThat(next().getPort()).isEqualTo(port.local().getPort());
            egress.use(Route.CLOSED);
            assertThat(port.send(bytes("three"), there())).isFalse();
        }
    }

    @Test
    void asksAProxyAnewThroughWhichNothingComesForLong() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(true)) {
            egress.use(through(proxy.address()));
            port.send(bytes("one"), there());
            DatagramPacket first = next();
            assertThat(proxy.next()).isEqualTo("command 3");
            answer(first, "answer");
            assertThat(received.next()).startsWith("answer");
            passedNanos.addAndGet(RelaySilence.LIMIT_NANOS);
            port.send(bytes("two"), there());
            assertThat(text(next())).isEqualTo("two");
            assertThat(proxy.events).as("nobody was silent").isEmpty();
            proxy.forget();
            passedNanos.addAndGet(RelaySilence.LIMIT_NANOS);
            assertThat(port.send(bytes("three"), there())).as("waits").isTrue();
            assertThat(List.of(proxy.next(), proxy.next()))
                    .containsExactlyInAnyOrder("ended", "command 3");
            assertThat(text(next())).isEqualTo("three");
        }
    }

    @Test
    void aWayOfTrackersThroughWhichNothingComesForLongIsClosed() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(true)) {
            egress.use(through(proxy.address()));
            try (Egress.DatagramWay way = egress.datagrams(InetAddress.ofLiteral("0.0.0.0"))) {
                way.send(new byte[] {'1'}, there());
                answer(next(), "answer");
                assertThat(way.receive().datagram()).hasSize(6);
                passedNanos.addAndGet(RelaySilence.LIMIT_NANOS);
                way.send(new byte[] {'2'}, there());
                assertThat(way.isClosed()).as("nobody was silent").isFalse();
                passedNanos.addAndGet(RelaySilence.LIMIT_NANOS);
                assertThatThrownBy(() -> way.send(new byte[] {'3'}, there()))
                        .hasMessageContaining("nothing comes");
                assertThat(way.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aProxyThatRefusesIsNotGoneAround() throws Exception {
        try (Socks5Relay proxy = new Socks5Relay(false)) {
            egress.use(through(proxy.address()));
            port.send(bytes("lost"), there());
            assertThat(proxy.next()).isEqualTo("command 3");
            port.send(bytes("lost, too"), there());
            nothingButWhatIsSentNowCame();
        }
    }

    @Test
    void otherKindsOfProxiesCarryNothing() throws Exception {
        for (ProxyServer.Kind kind : List.of(ProxyServer.Kind.HTTP, ProxyServer.Kind.SOCKS4)) {
            egress.use(through(new ProxyServer(kind, "127.0.0.1", 9, Optional.empty())));
            assertThat(port.send(bytes("lost"), there())).isFalse();
            assertThat(port.sendUncut(bytes("lost"), there())).isFalse();
        }
        nothingButWhatIsSentNowCame();
    }

    @Test
    void keepsOnlySoMuchForAProxyThatDoesNotAnswer() throws Exception {
        try (var silent = new ServerSocket()) {
            silent.bind(SocketFixture.loopback(0));
            egress.use(
                    through(
                            new ProxyServer(
                                    ProxyServer.Kind.SOCKS5,
                                    "127.0.0.1",
                                    silent.getLocalPort(),
                                    Optional.empty())));
            int kept = 0;
            for (int i = 0; i < 100 * UdpRelay.MAX_WAITING; i++) {
                kept += port.send(bytes("kept"), there()) ? 1 : 0;
            }
            assertThat(kept).isBetween(UdpRelay.MAX_WAITING, 50 * UdpRelay.MAX_WAITING);
        }
    }

    private void nothingButWhatIsSentNowCame() throws IOException {
        egress.use(Route.DIRECT);
        port.send(bytes("straight"), there());
        assertThat(text(next())).isEqualTo("straight");
    }

    private static Route through(ProxyServer proxy) {
        return new Route(true, Optional.of(proxy), true, List.of());
    }

    private InetSocketAddress there() {
        return (InetSocketAddress) peer.getLocalSocketAddress();
    }

    private DatagramPacket next() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        peer.receive(packet);
        return packet;
    }

    private void answer(DatagramPacket packet, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        peer.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
    }

    private static String text(DatagramPacket packet) {
        return Heard.text(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
    }
}
