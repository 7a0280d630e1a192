package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams over networks that misbehave. */
@Timeout(60)
class TransferTest {
    private static final Duration LONG = Duration.ofMinutes(30);

    @Test
    void carriesBytesBothWays() throws Exception {
        Bench bench = new Bench(1);
        Bench.Pair pair = bench.pair();
        byte[] there = Bench.bytes(3_000_000, 2);
        byte[] back = Bench.bytes(1_000_000, 3);
        pair.from().send(there);
        pair.to().send(back);
        await(
                bench,
                () ->
                        pair.to().received.size() == there.length
                                && pair.from().received.size() == back.length);
        assertThat(pair.to().bytes()).isEqualTo(there);
        assertThat(pair.from().bytes()).isEqualTo(back);
        assertThat(pair.from().connection.transport()).isEqualTo("utp");
        assertThat(pair.from().connection.remote()).isEqualTo(Bench.TWO);
        assertThat(pair.to().connection.remote()).isEqualTo(Bench.ONE);
        pair.from().close();
        assertEnds(bench, pair);
    }

    @Test
    void anotherHandlerIsOnlyAskedToWriteWhenItWants() throws Exception {
        Bench bench = new Bench(1);
        Bench.Pair pair = bench.pair();
        Connection connection = pair.from().connection;
        int[] asked = new int[1];
        Sink next =
                new Sink(connection) {
                    @Override
                    public void writable() {
                        asked[0]++;
                        connection.writeInterest(false);
                    }
                };
        Bench.on(
                connection,
                () -> {
                    connection.writeInterest(true);
                    connection.start(next);
                });
        byte[] data = Bench.bytes(10_000, 2);
        pair.to().send(data);
        await(bench, () -> next.received.size() == data.length);
        assertThat(asked[0]).isZero();
        next.close();
        assertEnds(bench, pair);
    }

    @Test
    void deliversAllAndEndsWhenItIsClosedBehindTheLastByte() throws Exception {
        for (long seed = 1; seed <= 10; seed++) {
            Bench bench = new Bench(seed);
            Bench.Pair pair = bench.pair();
            bench.net.loss = 0.1;
            byte[] data = Bench.bytes(200_000, seed);
            pair.from().sendAll(data);
            await(bench, () -> pair.to().ended || pair.to().broken != null);
            assertThat(pair.to().broken).isNull();
            assertThat(pair.to().bytes()).isEqualTo(data);
            assertEnds(bench, pair);
        }
    }

    @Test
    void survivesLossRepetitionAndOvertaking() throws Exception {
        for (long seed = 1; seed <= 12; seed++) {
            Bench bench = new Bench(seed);
            bench.net.loss = 0.02 * (seed % 4);
            bench.net.repetition = 0.05 * (seed % 3);
            bench.net.jitterNanos = Duration.ofMillis(15 * (seed % 5)).toNanos();
            Bench.Pair pair = bench.pair();
            byte[] data = Bench.bytes(700_000, seed);
            pair.from().send(data);
            pair.to().send(data);
            await(
                    bench,
                    () ->
                            pair.to().received.size() >= data.length
                                    && pair.from().received.size() >= data.length);
            assertThat(pair.to().bytes()).isEqualTo(data);
            assertThat(pair.from().bytes()).isEqualTo(data);
            pair.to().close();
            assertEnds(bench, pair);
        }
    }

    @Test
    void findsALostPacketAgainWithoutWaitingForATimeout() throws Exception {
        Bench bench = new Bench(4);
        bench.net.mtu = 1_472;
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(400_000, 4);
        int[] seen = new int[1];
        // The same packet is lost twice.
        int[] victim = {-1};
        bench.net.drops =
                packet -> {
                    if (packet.header().type() != Header.Type.DATA || ++seen[0] < 50) {
                        return false;
                    }
                    if (victim[0] < 0) {
                        victim[0] = packet.header().seq();
                    }
                    return packet.header().seq() == victim[0] && seen[0] < 120;
                };
        double before = bench.net.time.seconds();
        pair.from().send(data);
        await(bench, () -> pair.to().received.size() == data.length);
        assertThat(pair.to().bytes()).isEqualTo(data);
        assertThat(bench.net.dropped).isGreaterThanOrEqualTo(1);
        assertThat(bench.net.time.seconds() - before).as("no timeout of 0.5 s").isLessThan(0.8);
    }

    @Test
    void numbersWrapAroundInTheMiddle() throws Exception {
        Bench bench = new Bench(6);
        bench.numbersBegin(65_500);
        Bench.Pair pair = bench.pair();
        bench.net.loss = 0.03;
        byte[] data = Bench.bytes(500_000, 6);
        pair.from().send(data);
        pair.to().send(data);
        await(
                bench,
                () ->
                        pair.to().received.size() >= data.length
                                && pair.from().received.size() >= data.length);
        assertThat(pair.to().bytes()).isEqualTo(data);
        assertThat(pair.from().bytes()).isEqualTo(data);
    }

    @Test
    void movesBetweenLoopsWhileBytesFlow() throws Exception {
        Bench bench = new Bench(7);
        bench.net.bytesPerSecond = 2_000_000;
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(2_000_000, 7);
        pair.from().sendAll(data);
        int moves = 0;
        while (!pair.to().ended && moves < 1_000) {
            bench.net.time.run(Duration.ofMillis(7));
            Sink moving = moves % 2 == 0 ? pair.to() : pair.from();
            EventLoop target =
                    switch (moves / 2 % 3) {
                        case 0 -> moves % 2 == 0 ? bench.twoSocket : bench.oneSocket;
                        case 1 -> bench.twoLoop;
                        default -> bench.oneLoop;
                    };
            boolean[] arrived = new boolean[1];
            Bench.on(
                    moving.connection,
                    () -> moving.connection.moveTo(target, () -> arrived[0] = target.inLoop()));
            await(bench, () -> arrived[0]);
            moves++;
        }
        assertThat(pair.to().bytes()).isEqualTo(data);
        assertThat(moves).isGreaterThan(20);
        assertEnds(bench, pair);
    }

    @Test
    void stopsWhenNobodyReadsAndGoesOnAfterwards() throws Exception {
        for (boolean losesUpdate : new boolean[] {false, true}) {
            Bench bench = new Bench(8);
            Bench.Pair pair = bench.pair();
            Bench.on(pair.to().connection, () -> pair.to().connection.readInterest(false));
            byte[] data = Bench.bytes(6_000_000, 8);
            pair.from().send(data);
            bench.net.time.run(Duration.ofMinutes(5));
            assertThat(data.length - pair.from().unsent())
                    .isLessThan(ReceiveWindow.CAPACITY_BYTES + 2 * ReceiveWindow.WINDOW_BYTES);
            assertThat(pair.from().broken).as("a closed window is no silence").isNull();
            double until = bench.net.time.seconds() + 0.5;
            bench.net.drops = packet -> losesUpdate && bench.net.time.seconds() < until;
            Bench.on(pair.to().connection, () -> pair.to().connection.readInterest(true));
            await(bench, () -> pair.to().received.size() == data.length);
            assertThat(pair.to().bytes()).isEqualTo(data);
        }
    }

    /** As libtorrent does, which drops what comes to its closed window. */
    @Test
    void waitsForWhoTakesNoMoreAndSaysNothing() throws Exception {
        Bench bench = new Bench(18);
        Bench.Pair pair = bench.pair();
        Bench.on(pair.to().connection, () -> pair.to().connection.readInterest(false));
        byte[] data = Bench.bytes(6_000_000, 18);
        pair.from().send(data);
        bench.net.time.run(Duration.ofSeconds(30));
        bench.net.drops = _ -> true;
        bench.net.time.run(Duration.ofMinutes(3));
        assertThat(pair.from().broken).isNull();
        bench.net.drops = _ -> false;
        Bench.on(pair.to().connection, () -> pair.to().connection.readInterest(true));
        await(bench, () -> pair.to().received.size() == data.length);
        assertThat(pair.to().bytes()).isEqualTo(data);
    }

    @Test
    void tellsWhoReadsThatTheOtherSideIsGone() throws Exception {
        Bench bench = new Bench(9);
        Bench.Pair pair = bench.pair();
        bench.net.loss = 1;
        pair.from().send(new byte[10]);
        await(bench, () -> pair.from().broken != null);
        assertThat(pair.from().broken).hasMessageContaining("does not answer");
        assertThat(bench.net.time.seconds()).isBetween(30.0, 120.0);
        assertThat(pair.to().broken).as("it has nothing to say and hears nothing").isNull();
    }

    @Test
    void keepsASilentConnectionAlive() throws Exception {
        Bench bench = new Bench(10);
        Bench.Pair pair = bench.pair();
        long before = bench.net.datagrams;
        bench.net.time.run(Duration.ofMinutes(10));
        assertThat(bench.net.datagrams - before).as("one in 29 s each way").isBetween(36L, 44L);
        pair.from().send(new byte[] {7});
        await(bench, () -> pair.to().received.size() == 1);
    }

    @Test
    void acksOfSinglePacketsWaitForCompany() throws Exception {
        Bench bench = new Bench(11);
        Bench.Pair pair = bench.pair();
        bench.net.time.run(Duration.ofSeconds(1));
        long before = bench.net.datagrams;
        for (int i = 0; i < 10; i++) {
            pair.from().send(new byte[100]);
            bench.net.time.run(Duration.ofNanos(bench.net.delayNanos + 1));
            pair.to().send(new byte[100]); // the ack travels with this
            bench.net.time.run(Duration.ofNanos(bench.net.delayNanos + 1));
        }
        bench.net.time.run(Duration.ofSeconds(1));
        assertThat(bench.net.datagrams - before).isBetween(20L, 22L);
    }

    @Test
    void failsToDialWhereNobodyIs() throws Exception {
        Bench bench = new Bench(12);
        bench.listener().close();
        bench.dial(Duration.ofSeconds(4).toNanos());
        bench.net.time.run(Duration.ofSeconds(5));
        assertThat(bench.dialled).isEmpty();
        assertThat(bench.failures).containsExactly("no answer in time");
        assertThat(bench.net.datagrams).as("at 0, 1 and 3 s").isEqualTo(3);
        assertThat(bench.buffers.usedBytes()).isZero();
    }

    /** Behind a proxy, which reaches peers of both families, we are on one address. */
    @Test
    void dialsAPeerOfTheOtherFamilyFromTheAddressThatIsNamed() throws Exception {
        Bench bench = new Bench(16);
        InetSocketAddress far = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 1);
        bench.dial(far, Duration.ofSeconds(2).toNanos());
        bench.net.time.run(Duration.ofSeconds(3));
        assertThat(bench.failures).containsExactly("no answer in time");
        assertThat(bench.net.datagrams).as("at 0 and 1 s").isEqualTo(2);
        assertThat(bench.net.sockets).as("no other was opened").hasSize(2);
    }

    @Test
    void aClosedPortIsFreeAtOnceAndItsConnectionsBreak() throws Exception {
        Bench bench = new Bench(13);
        Bench.Pair pair = bench.pair();
        int before = bench.net.sockets.size();
        bench.listener().close();
        assertThat(bench.net.sockets).hasSize(before - 1);
        bench.listenAgain();
        pair.from().send(Bench.bytes(1_000, 13));
        await(bench, () -> pair.from().broken != null && pair.to().broken != null);
        assertThat(pair.to().broken).hasMessageContaining("its port was closed");
        Bench.Pair second = bench.pair();
        byte[] data = Bench.bytes(100_000, 13);
        second.from().send(data);
        await(bench, () -> second.to().received.size() == data.length);
    }

    @Test
    void tellsTheOtherSideWhenUtpStops() throws Exception {
        Bench bench = new Bench(14);
        Bench.Pair pair = bench.pair();
        bench.one.stopSoon();
        await(bench, () -> pair.to().broken != null);
        assertThat(pair.to().broken).hasMessageContaining("reset by the peer");
        assertThat(pair.from().broken).hasMessageContaining("has stopped");
        assertThat(bench.buffers.usedBytes()).isZero();
    }

    @Test
    void whoStopsWaitsForASocketThatIsBeingClosed() throws Exception {
        Bench bench = new Bench(15);
        bench.pair();
        int before = bench.net.sockets.size();
        Thread closing = Thread.ofPlatform().start(bench.listener()::close);
        while (closing.getState() != Thread.State.TIMED_WAITING) { // for its connection to end
            assertThat(closing.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        bench.two.stop();
        assertThat(bench.net.sockets).hasSize(before - 1);
        closing.join();
    }

    @Test
    void sendsAndEndsInGoodOrderWhenNoMemoryIsLeft() throws Exception {
        Bench bench = new Bench(17);
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(1_000, 17);
        bench.net.time.run(Duration.ofSeconds(1)); // so that nothing is under way
        bench.buffers.useUp(true);
        pair.from().send(data);
        pair.from().close();
        bench.buffers.useUp(false); // or nothing would arrive either
        await(bench, () -> pair.to().ended);
        assertThat(pair.to().bytes()).isEqualTo(data);
        assertEnds(bench, pair);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void asksForMemoryNowAndThenAndGoesOnWhenThereIsSome() throws Exception {
        Bench bench = new Bench(19);
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(100_000, 19);
        bench.buffers.useUp(true);
        pair.from().send(data);
        bench.net.time.run(Duration.ofSeconds(5));
        assertThat(pair.from().unsent()).isPositive();
        bench.buffers.useUp(false);
        await(bench, () -> pair.to().received.size() == data.length);
        assertThat(pair.to().bytes()).isEqualTo(data);
    }

    private static void assertEnds(Bench bench, Bench.Pair pair) {
        bench.net.time.run(Duration.ofMinutes(2));
        assertThat(pair.from().ended || pair.to().ended).isTrue();
        assertThat(bench.buffers.usedBytes()).isZero();
        assertThat(bench.one.budget().usedBytes()).isZero();
        assertThat(bench.two.budget().usedBytes()).isZero();
        assertThat(bench.one.connections()).isZero();
        assertThat(bench.two.connections()).isZero();
    }

    private static void await(Bench bench, BooleanSupplier condition) {
        assertThat(bench.net.time.runUntil(condition, LONG)).as("in time").isTrue();
    }
}
