package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which sockets are opened when some of them cannot be. */
@Timeout(30)
class ListeningTest {
    private static final int PORT = 50_123;
    private static final Binding LOOPBACK = binding("127.0.0.1");

    private final FakeTransport tcp = new FakeTransport("tcp");
    private final FakeTransport utp = new FakeTransport("utp");

    /** Ports that are numbers only. */
    private static final class FakeTransport implements Transport {
        private final String name;
        private final Set<InetSocketAddress> taken = new HashSet<>();
        private final List<InetSocketAddress> open = new ArrayList<>();
        private int next = PORT;
        private boolean gone;

        FakeTransport(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Listener listen(InetSocketAddress local, Consumer<Connection> acceptor)
                throws IOException {
            int port = local.getPort() == 0 ? next++ : local.getPort();
            InetSocketAddress real = new InetSocketAddress(local.getAddress(), port);
            if (taken.contains(real) || open.contains(real)) {
                throw new IOException("in use");
            }
            open.add(real);
            return new Listener() {
                @Override
                public InetSocketAddress local() {
                    return real;
                }

                @Override
                public void close() {
                    if (gone) {
                        throw new NoClassDefFoundError("its bundle is gone");
                    }
                    open.remove(real);
                }
            };
        }

        @Override
        public void connect(
                EventLoop loop,
                InetSocketAddress local,
                InetSocketAddress remote,
                long timeoutNanos,
                Dial handler) {
            throw new AssertionError("nobody dials");
        }
    }

    private static Binding binding(String... v4) {
        return new Binding(
                List.of(v4).stream().map(InetAddress::ofLiteral).toList(), List.of(), false);
    }

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private Listening open(Binding binding, int port) {
        return Listening.open(List.of(tcp, utp), binding, port, connection -> {});
    }

    @Test
    void aTakenUdpSideLeavesTcp() {
        utp.taken.add(at("127.0.0.1", PORT));
        try (Listening listening = open(LOOPBACK, PORT)) {
            assertThat(listening.port()).isEqualTo(PORT);
            assertThat(tcp.open).containsExactly(at("127.0.0.1", PORT));
        }
        assertThat(tcp.open).isEmpty();
    }

    @Test
    void aTakenTcpSideIsAnError() {
        tcp.taken.add(at("127.0.0.1", PORT));
        assertThatThrownBy(() -> open(LOOPBACK, PORT))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("" + PORT);
        assertThat(utp.open).isEmpty();
    }

    @Test
    void anyPortIsOneThatAllTransportsHave() {
        utp.taken.add(at("127.0.0.1", PORT));
        try (Listening listening = open(LOOPBACK, 0)) {
            assertThat(listening.port()).isEqualTo(PORT + 1);
            assertThat(utp.open).isEqualTo(tcp.open).hasSize(1);
        }
    }

    @Test
    void allAddressesHaveTheSamePort() {
        try (Listening listening = open(binding("127.0.0.2", "127.0.0.3"), 0)) {
            assertThat(tcp.open)
                    .containsExactly(
                            at("127.0.0.2", listening.port()), at("127.0.0.3", listening.port()));
            assertThat(utp.open).isEqualTo(tcp.open);
        }
    }

    @Test
    void oneAddressThatIsMissingIsNoError() {
        tcp.taken.add(at("127.0.0.2", PORT));
        try (Listening listening = open(binding("127.0.0.2", "127.0.0.3"), PORT)) {
            assertThat(listening.port()).isEqualTo(PORT);
            assertThat(tcp.open).containsExactly(at("127.0.0.3", PORT));
        }
    }

    @Test
    void whatIsFreeLaterIsListenedOnThen() {
        utp.taken.add(at("127.0.0.2", PORT));
        utp.taken.add(at("127.0.0.3", PORT));
        tcp.taken.add(at("127.0.0.3", PORT));
        Listening listening = open(binding("127.0.0.2", "127.0.0.3"), PORT);
        assertThat(listening.isComplete()).isFalse();

        utp.taken.clear();
        listening = listening.completed(connection -> {});
        assertThat(utp.open).containsExactly(at("127.0.0.2", PORT), at("127.0.0.3", PORT));
        assertThat(tcp.open).containsExactly(at("127.0.0.2", PORT));
        assertThat(listening.isComplete()).isFalse();

        tcp.taken.clear();
        try (Listening whole = listening.completed(connection -> {})) {
            assertThat(tcp.open).isEqualTo(utp.open).hasSize(2);
            assertThat(whole.isComplete()).isTrue();
            assertThat(whole.port()).isEqualTo(PORT);
        }
        assertThat(tcp.open).isEmpty();
        assertThat(utp.open).isEmpty();
    }

    @Test
    void anAddressThatIsMissingGetsThePortThatTheOthersHave() {
        tcp.taken.add(at("127.0.0.2", PORT));
        Listening listening = open(binding("127.0.0.2", "127.0.0.3"), 0);
        tcp.taken.clear();
        try (Listening whole = listening.completed(connection -> {})) {
            assertThat(tcp.open)
                    .containsExactlyInAnyOrder(
                            at("127.0.0.2", whole.port()), at("127.0.0.3", whole.port()));
        }
    }

    @Test
    void withoutIpv6AllOfIpv4IsListenedOn() {
        Binding dual =
                new Binding(
                        List.of(InetAddress.ofLiteral("0.0.0.0")),
                        List.of(InetAddress.ofLiteral("::")),
                        false);
        tcp.taken.add(at("::", PORT));
        utp.taken.add(at("::", PORT));
        utp.taken.add(at("0.0.0.0", PORT));
        Listening listening = open(dual, PORT);
        assertThat(tcp.open).containsExactly(at("0.0.0.0", PORT));
        assertThat(utp.open).isEmpty();
        utp.taken.remove(at("0.0.0.0", PORT));
        try (Listening whole = listening.completed(connection -> {})) {
            assertThat(utp.open).isEqualTo(tcp.open);
            assertThat(whole.isComplete()).isTrue();
        }
    }

    @Test
    void aTransportThatIsGoneDoesNotKeepTheOthersOpen() {
        Listening listening = open(LOOPBACK, PORT);
        tcp.gone = true;
        listening.close();
        assertThat(utp.open).isEmpty();
    }
}
