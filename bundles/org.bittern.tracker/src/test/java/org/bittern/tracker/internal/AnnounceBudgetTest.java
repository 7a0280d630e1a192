package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnnounceBudgetTest {
    private final AnnounceBudget budget = new AnnounceBudget();

    @Test
    void whoHasStartedAgainMakesAnEarlierGoodbyeUntrue() {
        int first = budget.hold();
        int second = budget.hold();
        assertThat(budget.goodbyesBegin(first, 1, 0)).isFalse();
        assertThat(budget.waitNanos(0, 1, 2)).as("no goodbye is waited for").isZero();
        assertThat(budget.goodbyesBegin(second, 1, 0)).isTrue();
        assertThat(budget.waitNanos(0, 1, 2)).isPositive();
    }

    @Test
    void whoLeftWithoutAWordLeavesAnEarlierGoodbyeTrue() {
        int first = budget.hold();
        int second = budget.hold();
        budget.release(first); // is not its to give any more
        assertThat(budget.goodbyesBegin(first, 1, 0)).isFalse();
        budget.release(second);
        assertThat(budget.goodbyesBegin(first, 1, 0)).isTrue();
    }

    @Test
    void isKeptWhileAnAnnounceIsUnderWayThatAGoodbyeFollows() {
        budget.lastAnnounceBegins();
        budget.take(0);
        assertThat(budget.isFull(AnnounceBudget.WINDOW_NANOS)).isFalse();
        budget.lastAnnounceEnds();
        assertThat(budget.isFull(AnnounceBudget.WINDOW_NANOS)).isTrue();
    }
}
