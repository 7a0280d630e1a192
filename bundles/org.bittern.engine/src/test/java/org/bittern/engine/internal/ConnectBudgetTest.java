package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void letsSoManyDialsBeginInASecond() {
        ConnectBudget budget = new ConnectBudget(1000, 30);
        long now = 0;
        int dials = 0;
        while (now < 10 * SECOND) {
            long wait = budget.dial(now);
            dials += wait == 0 ? 1 : 0;
            now += Math.max(1, wait);
        }
        assertThat(dials).isBetween(30 * 10, 30 * 11 + 1);
    }

    @Test
    void countsConnectionsOfBothDirections() {
        ConnectBudget budget = new ConnectBudget(2, 30);
        assertThat(budget.dial(0)).isZero();
        assertThat(budget.accept()).isTrue();
        assertThat(budget.accept()).isFalse();
        assertThat(budget.dial(0)).isPositive();
        budget.gone();
        assertThat(budget.accept()).isTrue();
        assertThat(budget.open()).isEqualTo(2);
    }

    @Test
    void keepsWhatIsOpenWhenTheLimitIsLowered() {
        ConnectBudget budget = new ConnectBudget(10, 30);
        for (int i = 0; i < 5; i++) {
            assertThat(budget.accept()).isTrue();
        }
        budget.limits(3, 30);
        assertThat(budget.open()).isEqualTo(5);
        assertThat(budget.accept()).isFalse();
    }

    @Test
    void holdsDialsBackWhileTooManyAreUnderWay() {
        ConnectBudget budget = new ConnectBudget(100, 30);
        budget.halfOpen(2);
        assertThat(budget.dial(0)).isZero();
        assertThat(budget.dial(0)).isZero();
        assertThat(budget.dial(0)).isPositive();
        assertThat(budget.accept()).as("nobody is dialled for that").isTrue();
        budget.dialled();
        assertThat(budget.dial(0)).isZero();
        assertThat(budget.open()).isEqualTo(4);
    }
}
