package org.bittern.blocklist.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists as large as they come, and the search against a model. */
@Timeout(180)
class ManyRangesTest {
    private static final int MILLION = 1_000_000;

    /** A million separate ranges are 8 MB; reading them must do with this heap on top. */
    private static final long MOST_BYTES = 10L << 20;

    @Test
    void aMillionRangesFitIntoTenMebibytes() throws Exception {
        long before = used();
        RangeCollector rules = new RangeCollector();
        for (int i = 0; i < MILLION; i++) {
            int from = (11 << 24) + 4 * i;
            RuleLine.read("x:" + dotted(from) + "-" + dotted(from + 2), rules);
        }
        IpRanges ranges = rules.ranges();
        rules = new RangeCollector(); // what it had gathered is garbage now
        assertThat(rules.rules()).isZero();
        assertThat(ranges.size()).isEqualTo(MILLION);
        assertThat(used() - before).isLessThan(MOST_BYTES);
        assertThat(ranges.contain(InetAddress.ofLiteral("11.0.0.1"))).isTrue();
        assertThat(ranges.contain(InetAddress.ofLiteral("11.0.0.3"))).isFalse();
    }

    private static String dotted(int address) {
        return (address >>> 24)
                + "."
                + (address >>> 16 & 255)
                + "."
                + (address >>> 8 & 255)
                + "."
                + (address & 255);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    @Test
    void agreesWithAModel() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RangeCollector rules = new RangeCollector();
        List<long[]> model = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long first = random.nextLong(1L << 32);
            long last = Math.min(first + random.nextLong(1L << 24), 0xffff_ffffL);
            rules.add((int) first, (int) last);
            rules.add(new Ipv6Range(first << 32, last, last << 32, first));
            model.add(new long[] {first, last});
        }
        IpRanges ranges = rules.ranges();
        for (int i = 0; i < 3_000; i++) {
            long[] near = model.get(random.nextInt(model.size()));
            long address = (near[random.nextInt(2)] + random.nextInt(5) - 2) & 0xffff_ffffL;
            boolean expected = model.stream().anyMatch(r -> r[0] <= address && address <= r[1]);
            assertThat(ranges.contain(v4(address)))
                    .as("seed %d: %d", seed, address)
                    .isEqualTo(expected);
            long high = address << 32;
            boolean expected6 =
                    model.stream()
                            .anyMatch(r ->
                                    Ipv6Range.compare(r[0] << 32, r[1], high, 7) <= 0
                                            && Ipv6Range.compare(high, 7, r[1] << 32, r[0]) <= 0);
            assertThat(ranges.contain(v6(high, 7)))
                    .as("seed %d: %d", seed, address)
                    .isEqualTo(expected6);
        }
    }

    private static InetAddress v4(long address) throws IOException {
        return InetAddress.getByAddress(
                new byte[] {
                    (byte) (address >> 24),
                    (byte) (address >> 16),
                    (byte) (address >> 8),
                    (byte) address
                });
    }

    private static InetAddress v6(long high, long low) throws IOException {
        return InetAddress.getByAddress(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
