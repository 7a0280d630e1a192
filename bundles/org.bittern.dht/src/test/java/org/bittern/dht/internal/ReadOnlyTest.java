package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node behind a proxy, whom nobody can ask anything (BEP 43). */
@Timeout(60)
class ReadOnlyTest {
    private static final InetSocketAddress STRANGER =
            new InetSocketAddress(InetAddress.ofLiteral("5.6.7.8"), 6881);
    private static final Route PROXIED =
            new Route(
                    true,
                    Optional.of(
                            new ProxyServer(
                                    ProxyServer.Kind.SOCKS5, "127.0.0.1", 1080, Optional.empty())),
                    true,
                    List.of());

    private final VirtualLoop loop = VirtualLoop.only(new VirtualTime());
    private final List<Krpc> sent = new ArrayList<>();
    private final Way way = new Way();
    private final NodePorts ports = new NodePorts(way, way, List.of(), 0);
    private final DhtNode node =
            new DhtNode(
                    new DhtNode.Surroundings(
                            loop,
                            new Random(5),
                            ports,
                            address -> false,
                            (names, done) -> done.accept(List.of())));

    ReadOnlyTest() {
        node.start(ports.open(node), List.of());
    }

    @Test
    void saysSoWhenItAsks() {
        way.use(PROXIED);
        node.greet(STRANGER);
        assertThat(((Krpc.Query) sent.getLast()).readOnly()).isTrue();
    }

    @Test
    void answersNobodyAndKeepsNobodyInMind() {
        way.use(PROXIED);
        receive(ping());
        assertThat(sent).isEmpty();
    }

    @Test
    void isLikeAnyOtherOnceTheProxyIsGone() {
        way.use(PROXIED);
        way.use(Route.DIRECT);
        node.greet(STRANGER);
        assertThat(((Krpc.Query) sent.getLast()).readOnly()).isFalse();
        receive(ping());
        assertThat(sent).anyMatch(Krpc.Reply.class::isInstance);
    }

    @Test
    void believesTheAnswersThatTheProxyBrings() {
        way.use(PROXIED);
        node.greet(STRANGER);
        BDict values = BDict.builder().put("id", id().text()).build();
        receive(new Krpc.Reply(sent.getLast().transaction(), values, BString.EMPTY));
        assertThat(node.contacts()).containsExactly(new Contact(id(), STRANGER));
    }

    private static NodeId id() {
        return SecureId.make(STRANGER.getAddress(), new Random(6));
    }

    private static Krpc.Query ping() {
        BDict arguments = BDict.builder().put("id", id().text()).build();
        return new Krpc.Query(BString.of("aa"), "ping", arguments, false);
    }

    private void receive(Krpc message) {
        node.received(ByteBuffer.wrap(message.encode()), STRANGER);
    }

    /** The network: notes what is sent, whatever the route is. */
    private final class Way implements Datagrams, Egress {
        private Route route = Route.DIRECT;

        @Override
        public void use(Route next) {
            route = next;
        }

        @Override
        public Route route() {
            return route;
        }

        @Override
        public Port open(InetSocketAddress local, Receiver receiver) {
            return new Port() {
                @Override
                public InetSocketAddress local() {
                    return local;
                }

                @Override
                public EventLoop loop() {
                    return loop;
                }

                @Override
                public boolean send(ByteBuffer datagram, InetSocketAddress to) {
                    return sent.add(Krpc.parse(datagram).orElseThrow());
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }

        @Override
        public Socket connect(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
                throws IOException {
            throw new IOException("a node needs no connection");
        }

        @Override
        public DatagramWay datagrams(InetAddress local) throws IOException {
            throw new IOException("a node shares its port");
        }
    }
}
