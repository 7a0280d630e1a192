package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.net.internal.Heard.bytes;
import static org.bittern.net.internal.Heard.text;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpPortsTest {
    private final Heard received = new Heard();
    private SelectorLoops loops;
    private final RoutedEgress egress = new RoutedEgress();
    private UdpPorts ports;

    @BeforeEach
    void start() throws Exception {
        loops = new SelectorLoops(2, 1 << 20, Ticker.SYSTEM);
        egress.use(Route.DIRECT);
        ports = new UdpPorts(loops, egress);
    }

    @AfterEach
    void stop() {
        loops.stop();
    }

    @Test
    void allWildcardsOfAPortAreOneSocket() throws Exception {
        Datagrams.Port six = ports.open(new InetSocketAddress(0), understands('u', "utp"));
        int port = six.local().getPort();
        ports.open(new InetSocketAddress("0.0.0.0", port), understands('d', "dht"));
        Datagrams.Port sender = ports.open(SocketFixture.loopback(0), (bytes, from) -> false);
        sender.send(bytes("delta"), SocketFixture.loopback(port));
        assertThat(received.next()).isEqualTo("dht delta " + sender.local().getPort());
    }

    @Test
    void sendsLargeDatagramsInOnePieceOrNotAtAll() throws Exception {
        Datagrams.Port receiver =
                ports.open(
                        SocketFixture.loopback(0),
                        (bytes, from) -> received.add("" + bytes.remaining()));
        Datagrams.Port sender = ports.open(SocketFixture.loopback(0), (bytes, from) -> true);
        assertThat(sender.sendUncut(ByteBuffer.allocate(60_000), receiver.local())).isTrue();
        assertThat(received.next()).isEqualTo("60000");
        assertThat(sender.sendUncut(ByteBuffer.allocate(70_000), receiver.local())).isFalse();
        assertThat(sender.send(ByteBuffer.allocate(1_000), receiver.local())).isTrue();
        assertThat(received.next()).isEqualTo("1000");
    }

    @Test
    void givesEachDatagramToTheFirstWhoUnderstandsIt() throws Exception {
        Datagrams.Port dht = ports.open(SocketFixture.loopback(0), understands('d', "dht"));
        Datagrams.Port utp = ports.open(dht.local(), understands('u', "utp"));
        Datagrams.Port all = ports.open(dht.local(), understands(' ', "all"));
        assertThat(List.of(utp.local(), all.local())).containsOnly(dht.local());
        Datagrams.Port sender = ports.open(SocketFixture.loopback(0), (bytes, from) -> false);
        assertThat(sender.send(bytes("upsilon"), dht.local())).isTrue();
        assertThat(received.next()).isEqualTo("utp upsilon " + sender.local().getPort());
        sender.send(bytes("delta"), dht.local());
        assertThat(received.next()).isEqualTo("dht delta " + sender.local().getPort());
        sender.send(bytes("x"), dht.local());
        assertThat(received.next()).isEqualTo("all x " + sender.local().getPort());
        utp.close();
        sender.send(bytes("upsilon"), dht.local());
        assertThat(received.next()).startsWith("all upsilon");
    }

    @Test
    void carriesTheLargestDatagram() throws Exception {
        BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        Datagrams.Port port =
                ports.open(
                        SocketFixture.loopback(0), (bytes, from) -> sizes.add(bytes.remaining()));
        ByteBuffer largest = ByteBuffer.allocateDirect(Datagrams.MAX_BYTES);
        assertThat(port.send(largest, port.local())).isTrue();
        assertThat(largest.hasRemaining()).isFalse();
        assertThat(sizes.poll(30, TimeUnit.SECONDS)).isEqualTo(Datagrams.MAX_BYTES);
    }

    @Test
    void thePortIsFreeWhenTheLastOneHasLeft() throws Exception {
        Datagrams.Port one = ports.open(SocketFixture.loopback(0), (bytes, from) -> true);
        Datagrams.Port two = ports.open(one.local(), (bytes, from) -> true);
        one.close();
        assertThatThrownBy(() -> new DatagramSocket(one.local()).close())
                .isInstanceOf(IOException.class);
        two.close();
        two.close();
        new DatagramSocket(one.local()).close();
        assertThat(two.send(bytes("late"), one.local())).isFalse();
    }

    @Test
    void survivesAReceiverThatThrows() throws Exception {
        Datagrams.Port port =
                ports.open(
                        SocketFixture.loopback(0),
                        (bytes, from) -> {
                            if (bytes.remaining() == 4) {
                                throw new IllegalStateException("thrown on purpose by a test");
                            }
                            return received.add(text(bytes));
                        });
        port.send(bytes("boom"), port.local());
        port.send(bytes("alive"), port.local());
        assertThat(received.next()).isEqualTo("alive");
    }

    @Test
    void dropsWhatAFilterBlocks() throws Exception {
        InetAddress bad = InetAddress.ofLiteral("127.0.0.9");
        egress.addFilter(new OneAddressFilter(bad));
        Datagrams.Port port =
                ports.open(SocketFixture.loopback(0), (bytes, from) -> received.add(text(bytes)));
        Datagrams.Port fromBad = ports.open(new InetSocketAddress(bad, 0), (bytes, from) -> true);
        assertThat(port.send(bytes("to bad"), fromBad.local())).isFalse();
        fromBad.send(bytes("from bad"), port.local());
        port.send(bytes("good"), port.local());
        assertThat(received.next()).isEqualTo("good");
    }

    @Test
    void failsClosedWhenTheBindAddressIsGone() {
        InetSocketAddress gone = new InetSocketAddress("192.0.2.1", 0); // RFC 5737: nobody's
        assertThatThrownBy(() -> ports.open(gone, (bytes, from) -> true))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aV4SocketDropsDatagramsToV6() throws Exception {
        Datagrams.Port port = ports.open(SocketFixture.loopback(0), (bytes, from) -> true);
        assertThat(port.send(bytes("x"), new InetSocketAddress("2001:db8::1", 9))).isFalse();
    }

    private Datagrams.Receiver understands(char first, String name) {
        return (bytes, from) -> {
            assertThat(bytes.position()).isZero();
            if (first != ' ' && bytes.get() != first) {
                return false;
            }
            bytes.position(0);
            received.add(name + " " + text(bytes) + " " + from.getPort());
            return true;
        };
    }
}
