package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimerHeapTest {
    private final TimerHeap heap = new TimerHeap();
    private SelectorLoop loop;

    @BeforeEach
    void makeLoop() throws Exception {
        loop = new SelectorLoop("unused", Ticker.SYSTEM, new DirectBufferPool(1 << 20));
    }

    @Test
    void givesTimersOutInOrderWhateverIsRemoved() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        long base = Long.MAX_VALUE - 500; // deadlines on both sides of the wrap
        List<LoopTimer> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            LoopTimer timer = new LoopTimer(loop, base + random.nextInt(1_000), () -> {});
            all.add(timer);
            heap.add(timer);
            if (random.nextInt(3) == 0) {
                heap.remove(all.remove(random.nextInt(all.size())));
            }
        }
        assertThat(heap.size()).isEqualTo(all.size());
        all.sort(
                Comparator.<LoopTimer>comparingLong(timer -> timer.deadlineNanos - base)
                        .thenComparingLong(timer -> timer.order));
        for (LoopTimer expected : all) {
            assertThat(heap.pollDue(base + 1_000)).isSameAs(expected);
        }
        assertThat(heap.pollDue(base + 1_000)).isNull();
    }

    @Test
    void saysHowLongUntilTheNext() {
        assertThat(heap.nanosUntilNext(0)).isEqualTo(Long.MAX_VALUE);
        LoopTimer timer = new LoopTimer(loop, 100, () -> {});
        heap.add(timer);
        assertThat(heap.nanosUntilNext(40)).isEqualTo(60);
        assertThat(heap.nanosUntilNext(140)).isZero();
        assertThat(heap.pollDue(99)).isNull();
        heap.remove(timer);
        heap.remove(timer);
        assertThat(heap.pollDue(1_000)).isNull();
        assertThat(heap.size()).isZero();
    }
}
