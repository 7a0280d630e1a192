package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestTimerTest {
    private static final long SECOND = 1_000_000_000L;

    private final RequestTimer timer = new RequestTimer();
    private long now = Long.MAX_VALUE - 25 * SECOND; // wraps around

    @Test
    void snubsAPeerThatSendsNothingForHalfAMinute() {
        timer.requested(3, now);
        now += 29 * SECOND;
        assertThat(timer.expires(now)).isFalse();
        now += 2 * SECOND;
        assertThat(timer.expires(now)).isTrue();
        assertThat(timer.snubbed()).isTrue();
        assertThat(timer.expires(now)).as("once").isFalse();
        timer.dropped(3);
        timer.requested(1, now);
        assertThat(timer.expires(now + 20 * SECOND)).isFalse();
        assertThat(timer.expires(now + 31 * SECOND)).as("the next request, too").isTrue();
    }

    @Test
    void hasPatienceWhileNothingWasAsked() {
        now += 1000 * SECOND;
        assertThat(timer.expires(now)).isFalse();
        timer.requested(1, now);
        timer.received(now + SECOND);
        assertThat(timer.outstanding()).isZero();
        now += 1000 * SECOND;
        assertThat(timer.expires(now)).isFalse();
        timer.requested(1, now);
        assertThat(timer.expires(now + SECOND)).as("the wait begins anew").isFalse();
    }

    @Test
    void bytesWithoutAWholeBlockDoNotHideThatItStalls() {
        assertThat(timer.stalled(now)).isFalse();
        timer.requested(2, now);
        for (int i = 0; i < 29; i++) {
            now += SECOND;
            timer.progress(now);
        }
        assertThat(timer.stalled(now)).isFalse();
        now += SECOND;
        timer.progress(now);
        assertThat(timer.stalled(now)).isTrue();
        assertThat(timer.snubbed()).isFalse();
        timer.received(now);
        assertThat(timer.stalled(now)).isFalse();
        now += 30 * SECOND;
        assertThat(timer.stalled(now)).isTrue();
        timer.dropped(1);
        assertThat(timer.stalled(now)).as("nothing is asked of it").isFalse();
    }

    @Test
    void countsBytesOfABlockAsASignOfLife() {
        timer.requested(1, now);
        for (int i = 0; i < 10; i++) {
            now += 20 * SECOND;
            timer.progress(now);
            assertThat(timer.expires(now)).isFalse();
        }
    }

    @Test
    void endsTheSnubWithTheNextBytes() {
        timer.requested(2, now);
        assertThat(timer.expires(now + 40 * SECOND)).isTrue();
        timer.progress(now + 41 * SECOND);
        assertThat(timer.snubbed()).isFalse();
        assertThat(timer.expires(now + 100 * SECOND)).as("snubbed again").isTrue();
    }

    @Test
    void waitsLongerForASlowPeerButNotForever() {
        for (int i = 0; i < 20; i++) {
            timer.requested(1, now);
            now += 25 * SECOND + (i % 2) * 10L * SECOND;
            timer.received(now);
        }
        timer.requested(1, now);
        assertThat(timer.expires(now + 45 * SECOND)).isFalse();
        assertThat(timer.expires(now + 61 * SECOND)).isTrue();
    }

    @Test
    void hasNothingToWaitForOncePeerChokes() {
        timer.requested(5, now);
        timer.choked();
        assertThat(timer.expires(now + 1000 * SECOND)).isFalse();
    }
}
