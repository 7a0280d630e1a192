package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Route;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ports that are not free at once: those of a bundle that is about to go. */
@Timeout(60)
class NodePortsTest {
    private static final InetAddress FOUR = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress SIX = InetAddress.ofLiteral("::1");
    private static final InetSocketAddress STRANGER =
            new InetSocketAddress(InetAddress.ofLiteral("2a02::1"), 6881);

    private final VirtualLoop loop = VirtualLoop.only(new VirtualTime());
    private final Wires wires = new Wires();
    private final NodePorts ports = new NodePorts(wires, wires, List.of(FOUR, SIX), 6881);
    private final DhtNode node =
            new DhtNode(
                    new DhtNode.Surroundings(
                            loop,
                            new Random(7),
                            ports,
                            address -> false,
                            (names, done) -> done.accept(List.of())));

    @Test
    void opensTheOneThatWasTakenAsSoonAsItIsFree() {
        wires.taken.add(SIX);
        Set<Family> first = ports.open(node);
        assertThat(first).containsExactly(Family.V4);
        assertThat(ports.isSettled()).isFalse();
        node.start(first, List.of());

        wires.taken.clear();
        Set<Family> second = ports.open(node);
        assertThat(second).containsExactly(Family.V6);
        assertThat(ports.isSettled()).isTrue();
        node.start(second, List.of(STRANGER));
        assertThat(node.families()).containsExactlyInAnyOrder(Family.V4, Family.V6);
        assertThat(wires.open).containsExactly(FOUR, SIX);
        assertThat(wires.sentFrom).containsExactly(SIX);
    }

    @Test
    void opensNothingTwice() {
        assertThat(ports.open(node)).containsExactlyInAnyOrder(Family.V4, Family.V6);
        assertThat(ports.open(node)).isEmpty();
        assertThat(wires.open).containsExactly(FOUR, SIX);
    }

    @Test
    void opensNothingOnceItIsClosed() {
        wires.taken.add(SIX);
        ports.open(node);
        ports.close();
        wires.taken.clear();
        assertThat(ports.isSettled()).isTrue();
        assertThat(ports.open(node)).isEmpty();
        assertThat(wires.open).isEmpty();
    }

    /** A network where some addresses are taken. */
    private final class Wires implements Datagrams, Egress {
        private final Set<InetAddress> taken = new HashSet<>();
        private final List<InetAddress> open = new ArrayList<>();
        private final List<InetAddress> sentFrom = new ArrayList<>();

        @Override
        public Port open(InetSocketAddress local, Receiver receiver) throws IOException {
            if (taken.contains(local.getAddress())) {
                throw new BindException("Address already in use");
            }
            open.add(local.getAddress());
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
                    return sentFrom.add(local.getAddress());
                }

                @Override
                public void close() {
                    open.remove(local.getAddress());
                }
            };
        }

        @Override
        public void use(Route next) {
            throw new AssertionError("a node chooses no route");
        }

        @Override
        public Route route() {
            return Route.DIRECT;
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
