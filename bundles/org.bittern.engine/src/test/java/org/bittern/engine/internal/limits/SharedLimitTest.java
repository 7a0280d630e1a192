package org.bittern.engine.internal.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.PriorityQueue;
import org.assertj.core.data.Percentage;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SharedLimitTest {
    private static final int BLOCK = 16_384;
    private static final long SECONDS_30 = 30_000_000_000L;

    private long now;

    /** Gives what the clock has produced, to whoever asks first. */
    private final class PlainBucket implements RateBucket {
        private long rate;
        private long spent;

        @Override
        public void rate(long bytesPerSecond) {
            rate = bytesPerSecond;
        }

        private long there() {
            long produced = (long) (now / 1e9 * rate);
            spent = Math.max(spent, produced - Math.max(BLOCK, rate / 10));
            return produced - spent;
        }

        @Override
        public int take(int wanted) {
            int got = (int) Math.min(wanted, there());
            spent += got;
            return got;
        }

        @Override
        public void giveBack(int bytes) {
            spent -= bytes;
        }

        @Override
        public long nanosUntilMore() {
            return Math.max(1_000_000, (long) ((BLOCK / 4.0 - there()) / rate * 1e9));
        }
    }

    private final SharedLimit shared = new SharedLimit(new PlainBucket(), () -> now);

    @ParameterizedTest
    @ValueSource(longs = {100_000, 2_000_000})
    void givesHungryOnesTheirPartByWeight(long rate) {
        shared.rate(rate);
        long[] moved = moved(List.of(shared.portion(1), shared.portion(4), shared.portion(16)), 0);
        assertThat(moved[0] + moved[1] + moved[2])
                .isCloseTo(30 * rate, Percentage.withPercentage(3));
        assertThat((double) moved[1] / moved[0]).isBetween(3.5, 4.5);
        assertThat((double) moved[2] / moved[1]).isBetween(3.5, 4.5);
    }

    @Test
    void givesToTheLightWhatTheHeavyDoesNotWant() {
        shared.rate(1_000_000);
        long[] moved = moved(List.of(shared.portion(1), shared.portion(16)), 100_000);
        assertThat(moved[1]).isGreaterThan(2_000_000);
        assertThat(moved[0] + moved[1]).isCloseTo(30_000_000, Percentage.withPercentage(3));
    }

    @Test
    void weighsNothingWhenAllAreEqualOrAlone() {
        shared.rate(1_000_000);
        assertThat(moved(List.of(shared.portion(1)), 0)[0])
                .isCloseTo(30_000_000, Percentage.withPercentage(2));
    }

    /**
     * Each portion is used by a link that asks for blocks and comes back when it is told to.
     *
     * @param lastOnes bytes per second that the last one wants; 0: all it can get
     */
    private long[] moved(List<RateLimit> portions, long lastOnes) {
        record Visit(long at, int order, int who) {}
        PriorityQueue<Visit> visits =
                new PriorityQueue<>((a, b) ->
                        a.at == b.at
                                ? Integer.compare(a.order, b.order)
                                : Long.compare(a.at, b.at));
        long[] moved = new long[portions.size()];
        for (int who = 0; who < portions.size(); who++) {
            visits.add(new Visit(0, who, who));
        }
        int order = portions.size();
        while (visits.peek().at < SECONDS_30) {
            Visit visit = visits.remove();
            now = visit.at;
            boolean modest = lastOnes > 0 && visit.who == portions.size() - 1;
            int wanted = modest ? (int) (lastOnes / 50) : BLOCK;
            int got = portions.get(visit.who).take(wanted);
            moved[visit.who] += got;
            long wait = 0;
            if (modest) {
                wait = 20_000_000;
            } else if (got == 0) {
                wait = portions.get(visit.who).nanosUntilMore();
            }
            visits.add(new Visit(visit.at + wait, order++, visit.who));
        }
        return moved;
    }
}
