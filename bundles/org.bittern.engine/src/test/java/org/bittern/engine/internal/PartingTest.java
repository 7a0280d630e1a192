package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bittern.spi.net.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a part that goes may rely on: its bundle stops next. */
@Timeout(30)
class PartingTest {

    @Test
    void aPartGoesWhenLoopsHaveDoneWhatTheyWereAskedForBefore() throws Exception {
        try (Machine machine = new Machine()) {
            EngineComponent engines = new EngineComponent(machine.loops);
            FakeFinder finder = new FakeFinder("tracker", List.of());
            engines.addFinder(finder);
            EventLoop loop = machine.loops.loops().getLast();
            CountDownLatch busy = new CountDownLatch(1);
            AtomicBoolean used = new AtomicBoolean();
            loop.execute(() -> {
                await(busy);
                loop.execute(() -> used.set(true)); // at the end of the turn
            });
            AtomicBoolean before = new AtomicBoolean();
            Thread framework =
                    Thread.ofPlatform()
                            .start(() -> {
                                engines.removeFinder(finder);
                                before.set(used.get());
                            });
            while (framework.isAlive() && framework.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            busy.countDown();
            framework.join();
            assertThat(before).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
