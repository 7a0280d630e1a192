package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sizes of packets, queues and windows: what is found out about the path. */
@Timeout(60)
class PathTest {

    @Test
    void usesTheLargestPacketsThatGetThrough() throws Exception {
        for (int mtu : new int[] {1_200, 1_400, 1_472, 2_000, 9_000, 16_384}) {
            Bench bench = new Bench(mtu);
            bench.net.mtu = mtu;
            bench.net.dropsLarge = true;
            bench.net.bytesPerSecond = 40_000_000;
            bench.net.queueBytes = 3_000_000;
            long largest = largestDelivered(bench, mtu);
            int expected =
                    switch (mtu) {
                        case 1_400 -> 1_372;
                        case 2_000 -> 1_472;
                        case 9_000 -> 8_972;
                        default -> mtu;
                    };
            assertThat(largest).as("mtu %d", mtu).isEqualTo(expected);
        }
    }

    @Test
    void aReceiverThatCutsLargePacketsOffLosesNothing() throws Exception {
        Bench bench = new Bench(21);
        bench.net.receiverBytes = 1_500; // as libtorrent does
        assertThat(largestDelivered(bench, 1_500)).isEqualTo(1_472);
    }

    @Test
    void goesOnWhenThePathBecomesNarrow() throws Exception {
        Bench bench = new Bench(22);
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(3_000_000, 22);
        pair.from().send(data);
        bench.net.time.runUntil(() -> pair.to().received.size() > 1_000_000, Duration.ofMinutes(5));
        bench.net.mtu = 700; // those that may be cut still pass, as over IPv4
        bench.net.time.runUntil(
                () -> pair.to().received.size() == data.length, Duration.ofMinutes(5));
        assertThat(pair.to().bytes()).isEqualTo(data);
    }

    @Test
    void whoWasOnlySilentForAMomentGetsLargePacketsAgain() throws Exception {
        for (int mtu : new int[] {1_200, 1_400, 1_472}) {
            Bench bench = new Bench(mtu);
            bench.net.mtu = mtu;
            bench.net.dropsLarge = true;
            bench.net.bytesPerSecond = 2_000_000;
            Bench.Pair pair = bench.pair();
            byte[] data = Bench.bytes(8_000_000, mtu);
            pair.from().send(data);
            for (int megabytes = 1; megabytes <= 4; megabytes++) {
                int most = megabytes * 1_000_000;
                bench.net.time.runUntil(
                        () -> pair.to().received.size() > most, Duration.ofMinutes(5));
                bench.net.drops = packet -> true;
                bench.net.time.run(Duration.ofSeconds(2)); // two time-outs in a row
                bench.net.drops = packet -> false;
            }
            bench.net.time.runUntil(
                    () -> pair.to().received.size() > 6_000_000, Duration.ofMinutes(5));
            bench.net.sizes.clear();
            bench.net.time.runUntil(
                    () -> pair.to().received.size() == data.length, Duration.ofMinutes(5));
            assertThat(pair.to().bytes()).isEqualTo(data);
            long largest = mtu == 1_400 ? 1_372 : mtu;
            assertThat(bench.net.sizes.stream().filter(size -> size == largest).count() * largest)
                    .as("bytes in packets of %d", largest)
                    .isGreaterThan(1_500_000);
        }
    }

    @Test
    void aBaseThatDoesNotGetThroughIsTriedTwiceOnly() {
        MtuSearch search = new MtuSearch(false);
        search.blackHole();
        assertThat(search.datagramBytes()).isEqualTo(MtuSearch.LEAST_BYTES);
        for (int i = 0; i < 2; i++) {
            assertThat(search.next(0)).isEqualTo(MtuSearch.BASE_BYTES);
            search.probing(MtuSearch.BASE_BYTES);
            search.lost(MtuSearch.BASE_BYTES, 0);
        }
        assertThat(search.next(1)).isZero();
        long later = Duration.ofMinutes(10).toNanos(); // the path may be another one
        assertThat(search.next(later)).isEqualTo(MtuSearch.BASE_BYTES);
        search.probing(MtuSearch.BASE_BYTES);
        search.passed(MtuSearch.BASE_BYTES);
        assertThat(search.datagramBytes()).isEqualTo(MtuSearch.BASE_BYTES);
        assertThat(search.next(later)).isEqualTo(MtuSearch.ETHERNET_BYTES);
    }

    /** Sends much, checks that it arrives, and tells the largest packet that was no trial. */
    private static long largestDelivered(Bench bench, int mtu) throws Exception {
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(8_000_000, mtu);
        int[] largest = new int[1];
        bench.net.drops =
                packet -> {
                    if (packet.header().extension() == 0) {
                        int bytes = Header.BYTES + packet.payload().remaining();
                        largest[0] = Math.max(largest[0], bytes);
                    }
                    return false;
                };
        pair.from().send(data);
        bench.net.time.runUntil(
                () -> pair.to().received.size() == data.length, Duration.ofMinutes(30));
        assertThat(pair.to().bytes()).isEqualTo(data);
        return largest[0];
    }

    @Test
    void keepsTheQueueOfASlowLineShort() throws Exception {
        Bench bench = new Bench(23);
        bench.net.bytesPerSecond = 250_000;
        bench.net.queueBytes = 1_250_000; // five seconds: TCP would fill it
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(9_000_000, 23);
        pair.from().send(data);
        bench.net.time.run(Duration.ofSeconds(10));
        double worst = 0;
        double sum = 0;
        int samples = 200;
        int before = pair.to().received.size();
        for (int i = 0; i < samples; i++) {
            bench.net.time.run(Duration.ofMillis(100));
            double queue = bench.net.queueSeconds(Bench.ONE);
            worst = Math.max(worst, queue);
            sum += queue;
        }
        assertThat(sum / samples).as("mean delay in the queue").isBetween(0.02, 0.15);
        assertThat(worst).isLessThan(0.3);
        double rate = (pair.to().received.size() - before) / (samples * 0.1);
        assertThat(rate).as("bytes per second").isGreaterThan(210_000);
        assertThat(bench.net.dropped).isZero();
    }

    @Test
    void givesWayToOthersAndComesBack() throws Exception {
        Bench bench = new Bench(24);
        bench.net.bytesPerSecond = 250_000;
        bench.net.queueBytes = 100_000;
        Bench.Pair pair = bench.pair();
        pair.from().send(Bench.bytes(16_000_000, 24));
        bench.net.time.run(Duration.ofSeconds(15));
        double alone = rate(bench, pair, 10);
        bench.net.standingQueueSeconds = 0.25; // somebody else fills it
        bench.net.time.run(Duration.ofSeconds(5));
        double beside = rate(bench, pair, 10);
        bench.net.standingQueueSeconds = 0;
        bench.net.time.run(Duration.ofSeconds(15));
        double again = rate(bench, pair, 10);
        assertThat(alone).isGreaterThan(200_000);
        assertThat(beside).isLessThan(alone / 3);
        assertThat(again).isGreaterThan(175_000);
    }

    private static double rate(Bench bench, Bench.Pair pair, int seconds) {
        int before = pair.to().received.size();
        bench.net.time.run(Duration.ofSeconds(seconds));
        return (pair.to().received.size() - before) / (double) seconds;
    }

    @Test
    void clocksThatDriftOrJumpDoNotStopIt() {
        Delays delays = new Delays();
        long now = 5;
        long second = Duration.ofSeconds(1).toNanos();
        int offset = -1_000; // wraps around soon
        for (int i = 0; i < 3_600; i++) {
            now += second;
            offset += 100; // 100 ppm
            // Ours seems to grow, theirs to shrink, as they do when one clock is slow.
            delays.arrived(Delays.micros(now) + offset, now);
            delays.told(offset, second / 20, now);
            assertThat(delays.queueMicros()).as("second %d", i).isBetween(0, 20_000);
        }
        offset += 1_000_000_000; // somebody set the clock
        for (int i = 0; i < 10; i++) {
            now += second;
            delays.told(offset, second / 20, now);
        }
        assertThat(delays.queueMicros()).isZero();
        delays.told(offset + 50_000, second / 20, now);
        delays.told(offset + 60_000, second / 20, now);
        delays.told(offset + 50_000, second / 20, now);
        delays.told(offset + 70_000, second / 20, now);
        assertThat(delays.queueMicros()).isEqualTo(50_000);
    }

    @Test
    void theBaseOfDelaysIsForgottenAfterMinutes() {
        DelayHistory history = new DelayHistory();
        long minute = Duration.ofMinutes(1).toNanos();
        history.sample(100, 0);
        for (int i = 1; i < DelayHistory.MINUTES; i++) {
            history.sample(500, i * minute);
            assertThat(history.base()).isEqualTo(100);
        }
        history.sample(500, DelayHistory.MINUTES * minute);
        assertThat(history.base()).isEqualTo(500);
        assertThat(history.above(750)).isEqualTo(250);
        assertThat(history.above(400)).isZero();
    }

    @Test
    void timeoutsFollowTheRoundTrip() {
        RoundTrip trip = new RoundTrip();
        assertThat(trip.timeoutNanos()).isEqualTo(RoundTrip.FIRST_TIMEOUT_NANOS);
        trip.sample(10_000_000);
        assertThat(trip.timeoutNanos()).isEqualTo(RoundTrip.LEAST_TIMEOUT_NANOS);
        for (int i = 0; i < 100; i++) {
            trip.sample(1_000_000_000L);
        }
        assertThat(trip.averageNanos()).isBetween(990_000_000L, 1_000_000_000L);
        long once = trip.timeoutNanos();
        trip.timedOut();
        assertThat(trip.timeoutNanos()).isEqualTo(2 * once);
        trip.progress();
        assertThat(trip.timeoutNanos()).isEqualTo(once);
        for (int i = 0; i < 20; i++) {
            trip.timedOut();
        }
        assertThat(trip.timeoutNanos()).isEqualTo(RoundTrip.MOST_TIMEOUT_NANOS);
    }
}
