package org.bittern.spi.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.Subscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingBytesTest {
    @Test
    void congestionBeginsAtSevenEighthsAndEndsAtThreeQuarters() {
        long mib = 1 << 20;
        WaitingBytes waiting = new WaitingBytes(8 * mib);
        AtomicInteger relieved = new AtomicInteger();
        Subscription subscription = waiting.onRelief(relieved::incrementAndGet);
        waiting.add(7 * mib - 1);
        assertThat(waiting.congested()).isFalse();
        waiting.add(1);
        assertThat(waiting.congested()).isTrue();
        waiting.remove(mib - 1);
        assertThat(waiting.congested()).isTrue();
        assertThat(relieved).hasValue(0);
        waiting.remove(1);
        assertThat(waiting.congested()).isFalse();
        assertThat(relieved).hasValue(1);
        waiting.add(2 * mib);
        subscription.close();
        subscription.close();
        waiting.remove(8 * mib);
        assertThat(relieved).hasValue(1);
    }

    @Test
    void aSmallerLimitTakesEffectAtOnce() {
        WaitingBytes waiting = new WaitingBytes(100L << 20);
        waiting.add(5L << 20);
        waiting.limit(4L << 20);
        assertThat(waiting.congested()).isTrue();
        waiting.limit(100L << 20);
        assertThat(waiting.congested()).isFalse();
        assertThatThrownBy(() -> waiting.limit(1)).hasMessageContaining("at least");
    }
}
