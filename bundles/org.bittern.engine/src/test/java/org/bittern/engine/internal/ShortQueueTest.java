package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ShortQueueTest {
    /** Blocks in each tenth of a second. */
    private static final int BLOCKS = 8;

    /** Blocks in a second. */
    private static final int RATE = 10 * BLOCKS;

    private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);

    private long now = -TimeUnit.SECONDS.toNanos(3); // clocks may begin below zero
    private final RateMeter rate = new RateMeter(now);
    private final ShortQueue queue = new ShortQueue(rate, now);
    private int block;

    @Test
    void isASecondDeepBeforeAnythingWasMeasured() {
        seconds(5, 0);
        assertThat(queue.size(false, now)).isBetween(RATE - 4, RATE + 4);
        assertThat(queue.kept(false, now)).isBetween(RATE / 2 - 3, RATE / 2 + 3);
    }

    @Test
    void isNeverSoShortThatTheLinkIsIdle() {
        assertThat(queue.size(false, now)).isEqualTo(4);
        assertThat(queue.kept(false, now)).isEqualTo(2);
    }

    @Test
    void isAQuarterOfASecondDeepWhenAnswersAreQuick() {
        seconds(12, 2);
        assertThat(queue.size(false, now)).isBetween(RATE / 4 - 1, RATE / 4 + 2);
        assertThat(queue.kept(false, now)).isBetween(RATE / 8 - 1, RATE / 8 + 1);
    }

    @Test
    void isASecondDeepWhileTheRateGrows() {
        seconds(12, 2);
        assertThat(queue.size(true, now)).isBetween(RATE - 4, RATE + 4);
        assertThat(queue.kept(true, now)).isBetween(RATE / 2 - 3, RATE / 2 + 3);
    }

    @Test
    void doesNotTakeTheRateForGrowingWhenBlocksWaitAtThePeer() {
        seconds(12, 2);
        answer(250);
        assertThat(queue.size(true, now)).as("as long as it may take").isGreaterThan(RATE / 2);
        answer(300);
        answer(2);
        assertThat(queue.size(true, now)).isBetween(RATE / 4 - 1, RATE / 4 + 2);
        assertThat(queue.kept(true, now)).isBetween(RATE / 8 - 1, RATE / 8 + 1);
    }

    @Test
    void aSlowPeerIsAskedForSixBlocksOrASecondsWorth() {
        slowly(12, 2, 2);
        assertThat(queue.size(false, now)).isEqualTo(6);
        assertThat(queue.kept(false, now)).isEqualTo(3);
        for (int i = 0; i < 100; i++) {
            now += 2 * TENTH;
            rate.add(PieceMap.BLOCK, now);
            answer(2);
        }
        assertThat(queue.size(false, now)).isBetween(4, 5);
    }

    @Test
    void holdsTwoRoundTripsMoreWhenAllAnswersTakeLong() {
        seconds(12, 200);
        assertThat(queue.size(false, now))
                .isBetween((int) (0.65 * RATE) - 4, (int) (0.65 * RATE) + 4);
    }

    @Test
    void oneQuickAnswerIsEnoughAmongThoseThatWaitInAQueue() {
        seconds(6, 800);
        answer(10);
        answer(900);
        assertThat(queue.size(false, now)).isLessThan(RATE / 2);
    }

    @Test
    void growsAgainWhenTheRoundTripDoes() {
        seconds(12, 2);
        seconds(11, 600);
        assertThat(queue.size(false, now)).isBetween(RATE - 4, RATE + 4);
    }

    @Test
    void whatWasTakenBackIsNotMeasured() {
        seconds(12, 400);
        queue.asked(1, 7, now);
        queue.dropped(1, 7);
        queue.asked(1, 8, now);
        queue.came(1, 7, now); // it had been sent before
        int size = queue.size(false, now);
        assertThat(size).isGreaterThan(RATE * 3 / 4);
        queue.came(1, 8, now);
        assertThat(queue.size(false, now)).as("what was watched instead").isLessThan(size);
    }

    @Test
    void aBlockThatNeverComesDoesNotEndTheMeasuring() {
        seconds(5, 500);
        queue.asked(2, 0, now);
        seconds(12, 2);
        assertThat(queue.size(false, now)).isBetween(RATE / 4 - 1, RATE / 4 + 2);
    }

    /** Time passes at the rate; in each tenth of a second one block is answered. */
    private void seconds(int count, int answerMillis) {
        slowly(count, answerMillis, BLOCKS);
    }

    private void slowly(int count, int answerMillis, int blocksPerTenth) {
        for (int i = 0; i < 10 * count; i++) {
            now += TENTH;
            rate.add((long) blocksPerTenth * PieceMap.BLOCK, now);
            if (answerMillis > 0) {
                answer(answerMillis);
            }
        }
    }

    private void answer(int millis) {
        queue.asked(0, ++block, now - TimeUnit.MILLISECONDS.toNanos(millis));
        queue.came(0, block, now);
    }
}
