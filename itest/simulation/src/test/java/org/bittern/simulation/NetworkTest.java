package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Transport;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulated network itself: what a scenario may rely on. */
@Timeout(180)
class NetworkTest {
    private static final int KIB = 1024;
    private static final int PORT = 7000;
    private static final long SEED = 0x0e70_0006;

    private final VirtualTime time = new VirtualTime();
    private final SimNetwork network = new SimNetwork(time, SEED);
    private final List<Throwable> faults = new ArrayList<>();

    private SimLoops loops(String name) {
        return new SimLoops(time, name, 1, new CheckedBuffers(), faults::add);
    }

    /** Reads all that comes, or writes all that goes. */
    private static final class Pump implements Connection.Handler {
        private final Connection connection;
        private final ByteBuffer bytes;
        private String end = "";

        Pump(Connection connection, ByteBuffer bytes) {
            this.connection = connection;
            this.bytes = bytes;
        }

        @Override
        public void readable() {
            try {
                if (connection.read(new ByteBuffer[] {bytes}, 0, 1) < 0) {
                    end = "end";
                    connection.close();
                }
            } catch (IOException e) {
                end = String.valueOf(e.getMessage());
                connection.close();
            }
        }

        @Override
        public void writable() {
            try {
                connection.write(new ByteBuffer[] {bytes}, 0, 1);
                if (!bytes.hasRemaining()) {
                    connection.close();
                }
            } catch (IOException e) {
                end = String.valueOf(e.getMessage());
            }
        }

        @Override
        public void broken(IOException reason) {
            end = "broken";
        }
    }

    private Pump transfer(SimHost from, SimHost to, byte[] bytes) throws IOException {
        SimLoops receiving = loops("to");
        SimLoops sending = loops("from");
        List<Pump> pumps = new ArrayList<>();
        InetSocketAddress address = new InetSocketAddress(to.address(), PORT);
        new SimTransport(to, receiving)
                .listen(
                        address,
                        connection -> {
                            Pump pump = new Pump(connection, ByteBuffer.allocate(bytes.length + 1));
                            pumps.add(pump);
                            connection.start(pump);
                        });
        SimTransport transport = new SimTransport(from, sending);
        Transport.Dial dial =
                new Transport.Dial() {
                    @Override
                    public void connected(Connection connection) {
                        connection.start(new Pump(connection, ByteBuffer.wrap(bytes)));
                        connection.writeInterest(true);
                    }

                    @Override
                    public void failed(String reason) {
                        throw new IllegalStateException(reason);
                    }
                };
        sending.loops()
                .getFirst()
                .execute(() ->
                        transport.connect(
                                sending.loops().getFirst(),
                                new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
                                address,
                                Duration.ofSeconds(5).toNanos(),
                                dial));
        time.runUntil(() -> !pumps.isEmpty(), Duration.ofSeconds(5));
        return pumps.getFirst();
    }

    private static byte[] numbered(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.02})
    void carriesAStreamInOrderAtTheRateOfTheNarrowerLine(double loss) throws IOException {
        network.loss(loss);
        SimHost from = network.host("10.0.0.1").line(1000 * KIB, 0);
        SimHost to = network.host("10.0.1.1").line(0, 50 * KIB);
        byte[] bytes = numbered(200 * KIB);
        Pump pump = transfer(from, to, bytes);
        assertThat(time.runUntil(() -> pump.end.equals("end"), Duration.ofSeconds(60))).isTrue();
        assertThat(pump.bytes.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(time.seconds()).isBetween(4.0, loss == 0 ? 4.2 : 8.0);
        assertThat(faults).isEmpty();
    }

    @Test
    void stallsWhileCutAndGoesOnAfterwards() throws IOException {
        SimHost from = network.host("10.0.0.1").line(50 * KIB, 0);
        SimHost to = network.host("10.0.1.1");
        byte[] bytes = numbered(100 * KIB);
        Pump pump = transfer(from, to, bytes);
        time.run(Duration.ofSeconds(1));
        network.cut(from, to);
        int there = pump.bytes.position();
        time.run(Duration.ofSeconds(20));
        assertThat(pump.bytes.position()).isBetween(there, there + 4 * KIB);
        network.heal();
        assertThat(time.runUntil(() -> pump.end.equals("end"), Duration.ofSeconds(5))).isTrue();
        assertThat(pump.bytes.flip()).isEqualTo(ByteBuffer.wrap(bytes));
    }

    @Test
    void tellsTheOtherSideWhenAProcessIsKilled() throws IOException {
        SimHost from = network.host("10.0.0.1").line(50 * KIB, 0);
        Pump pump = transfer(from, network.host("10.0.1.1"), numbered(100 * KIB));
        time.run(Duration.ofSeconds(1));
        from.processGone(true);
        time.run(Duration.ofSeconds(1));
        assertThat(pump.end).contains("reset");
    }

    @Test
    void losesAndReordersDatagrams() throws IOException {
        network.loss(0.1);
        SimHost from = network.host("10.0.0.1");
        SimHost to = network.host("10.0.1.1");
        List<Integer> received = new ArrayList<>();
        InetSocketAddress address = new InetSocketAddress(to.address(), PORT);
        Duration jitter = Duration.ofMillis(5);
        try (Datagrams.Port _ =
                        new SimDatagrams(to, loops("to"), jitter)
                                .open(
                                        address,
                                        (datagram, sender) -> received.add(datagram.getInt()));
                Datagrams.Port port =
                        new SimDatagrams(from, loops("from"), jitter)
                                .open(
                                        new InetSocketAddress(from.address(), 0),
                                        (datagram, sender) -> false)) {
            for (int i = 0; i < 1000; i++) {
                port.send(ByteBuffer.allocate(4).putInt(i).flip(), address);
                time.run(Duration.ofMillis(1));
            }
            time.run(Duration.ofSeconds(1));
        }
        System.out.printf("seed %#x: %d of 1000 datagrams came%n", SEED, received.size());
        assertThat(received).hasSizeBetween(850, 950).doesNotHaveDuplicates();
        assertThat(received).isNotEqualTo(received.stream().sorted().toList());
    }
}
