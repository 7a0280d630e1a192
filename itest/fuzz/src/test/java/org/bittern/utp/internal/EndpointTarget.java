package org.bittern.utp.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bittern.fuzz.Parts;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * A uTP port (BEP 29) on which strangers knock, prove their addresses or do not, and then send
 * anything; and from which they are dialled. Packets are noise, or near to those that are waited
 * for. When it stops, no memory is lost.
 */
public final class EndpointTarget {
    private static final InetSocketAddress LOCAL =
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 6_881);
    private static final int STRANGERS = 3;
    private static final long DIAL_NANOS = Duration.ofSeconds(4).toNanos();

    private final VirtualTime time = new VirtualTime();
    private final CheckedBuffers buffers = new CheckedBuffers();
    private final VirtualLoop loop = new VirtualLoop(time, "socket", buffers);
    private final Air air = new Air();
    private final UtpTransport transport = new UtpTransport(air, new Random(1), Runnable::run);
    private final List<Connection> connections = new ArrayList<>();

    private EndpointTarget() throws IOException {
        transport.listen(LOCAL, this::accepted);
    }

    private static InetSocketAddress stranger(int number) {
        return new InetSocketAddress(
                InetAddress.ofLiteral("198.51.100." + (1 + number % STRANGERS)), 6_881);
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Parts parts = new Parts(input);
        EndpointTarget target = new EndpointTarget();
        while (parts.more()) {
            target.happen(parts);
        }
        target.end();
    }

    private void happen(Parts parts) {
        InetSocketAddress from = stranger(parts.number());
        switch (parts.number() % 8) {
            case 0 -> receive(parts.part(), from);
            case 1 -> time.run(Duration.ofMillis(parts.number() * 20L));
            case 2 -> dial(from);
            case 3 -> onSome(parts, this::write);
            case 4 -> onSome(parts, Connection::close);
            default -> receive(near(parts), from);
        }
    }

    private void receive(byte[] datagram, InetSocketAddress from) {
        loop.turn(() -> air.receive(datagram, from));
        time.run(Duration.ofMillis(1));
    }

    private void dial(InetSocketAddress to) {
        loop.turn(() ->
                transport.connect(
                        loop,
                        LOCAL,
                        to,
                        DIAL_NANOS,
                        new Transport.Dial() {
                            @Override
                            public void connected(Connection connection) {
                                accepted(connection);
                            }

                            @Override
                            public void failed(String reason) {
                                if (reason.isEmpty()) {
                                    throw new AssertionError("no reason");
                                }
                            }
                        }));
        time.run(Duration.ofMillis(1));
    }

    private void accepted(Connection connection) {
        connections.add(connection);
        connection.start(new Reader(connection));
    }

    private void onSome(Parts parts, Deed deed) {
        int which = parts.number();
        if (!connections.isEmpty()) {
            Connection connection = connections.get(which % connections.size());
            loop.turn(() -> deed.on(connection));
        }
    }

    private interface Deed {
        void on(Connection connection);
    }

    private void write(Connection connection) {
        try {
            connection.write(new ByteBuffer[] {ByteBuffer.allocate(5_000)}, 0, 1);
        } catch (IOException _) {
            connection.close(); // it is over already
        }
    }

    /** Numbers that are a few apart from those that were said last. */
    private byte[] near(Parts parts) {
        Header.Type[] types = Header.Type.values();
        Header said = air.said;
        int id = said == null ? 100 : said.id();
        Header header =
                new Header(
                        types[parts.number() % types.length],
                        parts.number() % 3,
                        Seq.plus(id, parts.number() % 3 - 1),
                        parts.number() << 16,
                        parts.number() << 16,
                        parts.number() << 12,
                        Seq.plus(said == null ? 1 : said.ack(), (byte) parts.number()),
                        Seq.plus(said == null ? 1 : said.seq(), (byte) parts.number()));
        byte[] rest = parts.part();
        ByteBuffer packet = ByteBuffer.allocate(Header.BYTES + rest.length);
        header.put(packet);
        return packet.put(rest).array();
    }

    private void end() {
        transport.stopSoon();
        time.run(Duration.ofMinutes(1));
        if (transport.budget().usedBytes() != 0 || buffers.usedBytes() != 0) {
            throw new AssertionError(
                    "%d and %d bytes are lost"
                            .formatted(transport.budget().usedBytes(), buffers.usedBytes()));
        }
    }

    /** Reads whatever comes, to the end. */
    private static final class Reader implements Connection.Handler {
        private final Connection connection;
        private final ByteBuffer[] room = {ByteBuffer.allocate(4_096)};

        Reader(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void readable() {
            room[0].clear();
            try {
                if (connection.read(room, 0, 1) < 0) {
                    connection.close();
                }
            } catch (IOException _) {
                connection.close();
            }
        }

        @Override
        public void writable() {
            connection.writeInterest(false);
        }

        @Override
        public void broken(IOException reason) {
            // it is closed
        }
    }

    /** Carries nothing but what the input holds, and keeps what was said last. */
    private final class Air implements Datagrams, Datagrams.Port {
        private @Nullable Receiver receiver; // null before the port is open
        private @Nullable Header said;

        @Override
        public Port open(InetSocketAddress local, Receiver hearer) {
            receiver = hearer;
            return this;
        }

        void receive(byte[] datagram, InetSocketAddress from) {
            if (receiver != null) {
                receiver.received(ByteBuffer.wrap(Arrays.copyOf(datagram, datagram.length)), from);
            }
        }

        @Override
        public InetSocketAddress local() {
            return LOCAL;
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public boolean send(ByteBuffer datagram, InetSocketAddress to) {
            if (datagram.remaining() > MAX_BYTES) {
                throw new AssertionError("a datagram of " + datagram.remaining() + " bytes");
            }
            said = Header.read(datagram.duplicate());
            datagram.position(datagram.limit());
            return true;
        }

        @Override
        public void close() {
            receiver = null;
        }
    }
}
