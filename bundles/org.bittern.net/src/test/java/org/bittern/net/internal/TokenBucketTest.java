package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.bittern.spi.net.RateLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenBucketTest {
    private static final int BLOCK = 16_384;
    private static final long TEN_SECONDS = Duration.ofSeconds(10).toNanos();

    private final HandClock clock = new HandClock();

    @ParameterizedTest
    @ValueSource(longs = {20_000, 100_000, 1_000_000, 50_000_000, 1_000_000_000})
    void keepsItsAverageWithinTwoPercent(long rate) {
        TokenBucket bucket = new TokenBucket(clock, rate, RateLimit.NONE);
        assertThat(moved(List.of(bucket), TEN_SECONDS)[0])
                .isCloseTo(rate * 10, Percentage.withPercentage(2));
    }

    @Test
    void keepsItsAverageAlsoAfterIdleness() {
        TokenBucket bucket = new TokenBucket(clock, 1_000_000, RateLimit.NONE);
        clock.advance(Duration.ofHours(5));
        assertThat(moved(List.of(bucket), TEN_SECONDS)[0])
                .isCloseTo(10_000_000, Percentage.withPercentage(2));
    }

    @Test
    void grantsEverythingWithoutALimit() {
        TokenBucket bucket = new TokenBucket(clock, 0, RateLimit.NONE);
        assertThat(bucket.take(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(bucket.nanosUntilMore()).isZero();
    }

    @Test
    void aSlowBucketStillMovesAWholeBlock() {
        TokenBucket bucket = new TokenBucket(clock, 1_024, RateLimit.NONE);
        clock.advance(Duration.ofSeconds(16));
        assertThat(bucket.take(BLOCK)).isEqualTo(BLOCK);
        assertThat(bucket.take(BLOCK)).isZero();
    }

    @Test
    void aChangeOfTheRateTakesEffectAtOnce() {
        TokenBucket bucket = new TokenBucket(clock, 100_000, RateLimit.NONE);
        moved(List.of(bucket), TEN_SECONDS);
        bucket.rate(1_000_000);
        assertThat(moved(List.of(bucket), TEN_SECONDS)[0])
                .isCloseTo(10_000_000, Percentage.withPercentage(2));
        bucket.rate(0);
        assertThat(bucket.take(1 << 30)).isEqualTo(1 << 30);
        clock.advance(Duration.ofHours(1));
        bucket.rate(50_000);
        assertThat(moved(List.of(bucket), TEN_SECONDS)[0])
                .isCloseTo(500_000, Percentage.withPercentage(2));
    }

    @Test
    void whatWasGivenBackCanBeTakenAgain() {
        TokenBucket parent = new TokenBucket(clock, 100_000, RateLimit.NONE);
        TokenBucket child = new TokenBucket(clock, 100_000, parent);
        clock.advance(Duration.ofSeconds(1));
        assertThat(child.take(BLOCK)).isEqualTo(BLOCK);
        assertThat(child.take(BLOCK)).isZero();
        child.giveBack(BLOCK);
        assertThat(child.take(BLOCK)).isEqualTo(BLOCK);
    }

    @Test
    void aChildGetsNoMoreThanItsParentHasAndLosesNothing() {
        TokenBucket parent = new TokenBucket(clock, 200_000, RateLimit.NONE);
        TokenBucket child = new TokenBucket(clock, 400_000, parent);
        assertThat(moved(List.of(child), TEN_SECONDS)[0])
                .isCloseTo(2_000_000, Percentage.withPercentage(2));
        parent.rate(0);
        assertThat(moved(List.of(child), TEN_SECONDS)[0])
                .isCloseTo(4_000_000, Percentage.withPercentage(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 100, 500})
    void nobodyStarvesWhenManyAsk(int children) {
        TokenBucket parent = new TokenBucket(clock, 1_000_000, RateLimit.NONE);
        List<RateLimit> limits = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            limits.add(new TokenBucket(clock, i % 2 == 0 ? 0 : 5_000_000, parent));
        }
        long[] moved = moved(limits, 3 * TEN_SECONDS);
        long fair = 30_000_000L / children;
        long sum = 0;
        for (long one : moved) {
            assertThat(one).as("share of %d", fair).isBetween(fair * 2 / 3, fair * 3 / 2);
            sum += one;
        }
        assertThat(sum).isCloseTo(30_000_000, Percentage.withPercentage(2));
    }

    @Test
    void askersThatWentAwayDoNotHoldUpTheOthers() {
        TokenBucket bucket = new TokenBucket(clock, 1_000_000, RateLimit.NONE);
        for (int i = 0; i < 100_000; i++) {
            assertThat(bucket.nanosUntilMore()).isBetween(1L, 2_000_000_000L);
        }
        assertThat(moved(List.of(bucket), 3 * TEN_SECONDS)[0])
                .isCloseTo(30_000_000, Percentage.withPercentage(8));
    }

    @Test
    void isExactWhenThreadsTakeAtTheSameTime() throws Exception {
        TokenBucket parent = new TokenBucket(clock, 8_000_000, RateLimit.NONE);
        clock.advance(Duration.ofSeconds(1)); // a full burst of 800,000 bytes, and no time passes
        AtomicLong total = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            TokenBucket child = new TokenBucket(clock, 0, parent);
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 20_000; i++) {
                                    int got = child.take(100);
                                    if (i % 3 == 0 && got > 0) {
                                        child.giveBack(got);
                                    } else {
                                        total.addAndGet(got);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(total.get()).isCloseTo(800_000, within(100L));
    }

    @Test
    void rejectsNonsense() {
        TokenBucket bucket = new TokenBucket(clock, 1, RateLimit.NONE);
        assertThatThrownBy(() -> bucket.take(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bucket.rate(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bucket.giveBack(-1)).isInstanceOf(IllegalArgumentException.class);
        bucket.rate(Long.MAX_VALUE);
        clock.advance(Duration.ofDays(10_000));
        assertThat(bucket.take(Integer.MAX_VALUE)).isPositive();
    }

    /** Each limit is used by one link that asks for blocks and comes back when it is told to. */
    private long[] moved(List<? extends RateLimit> limits, long nanos) {
        record Visit(long at, int order, int who) {}
        long[] moved = new long[limits.size()];
        long start = clock.nanoTime();
        PriorityQueue<Visit> visits =
                new PriorityQueue<>((a, b) ->
                        a.at == b.at
                                ? Integer.compare(a.order, b.order)
                                : Long.compare(a.at, b.at));
        int order = 0;
        for (int i = 0; i < limits.size(); i++) {
            visits.add(new Visit(0, order++, i));
        }
        while (!visits.isEmpty() && visits.peek().at < nanos) {
            Visit visit = visits.remove();
            clock.advanceNanos(visit.at - (clock.nanoTime() - start));
            RateLimit limit = limits.get(visit.who);
            moved[visit.who] += limit.take(BLOCK);
            long wait = limit.nanosUntilMore();
            visits.add(new Visit(visit.at + wait, order++, visit.who));
        }
        clock.advanceNanos(nanos - (clock.nanoTime() - start));
        return moved;
    }
}
