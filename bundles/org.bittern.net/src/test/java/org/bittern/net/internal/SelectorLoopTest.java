package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.bittern.spi.net.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SelectorLoopTest {
    private final HandClock clock = new HandClock();
    private SelectorLoop loop;

    @BeforeEach
    void start() throws Exception {
        loop = new SelectorLoop("loop-under-test", clock, new DirectBufferPool(1 << 20));
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.close(Duration.ofSeconds(30));
    }

    @Test
    void knowsItsOwnThread() throws Exception {
        assertThat(loop.inLoop()).isFalse();
        assertThatThrownBy(loop::assertOwner)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("loop-under-test");
        assertThat(OnLoop.call(loop, loop::inLoop)).isTrue();
    }

    @Test
    void keepsTheOrderOfEachOfFourBusyThreads() throws Exception {
        int each = 25_000;
        int[] lastSeen = {-1, -1, -1, -1};
        AtomicInteger disorder = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4 * each);
        List<Thread> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            int me = caller;
            callers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    int number = i;
                                    Runnable task =
                                            () -> {
                                                if (lastSeen[me] != number - 1) {
                                                    disorder.incrementAndGet();
                                                }
                                                lastSeen[me] = number;
                                                done.countDown();
                                            };
                                    if (number % 2 == 0) {
                                        loop.execute(task);
                                    } else {
                                        while (!loop.post(task)) {
                                            Thread.onSpinWait();
                                        }
                                    }
                                }
                            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(disorder).hasValue(0);
        assertThat(lastSeen).containsOnly(each - 1);
    }

    @Test
    void neverSleepsOverATask() throws Exception {
        // One task at a time, so that each finds the loop asleep or falling asleep.
        for (int i = 0; i < 20_000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            loop.execute(ran::countDown);
            assertThat(ran.await(30, TimeUnit.SECONDS)).as("task %d", i).isTrue();
        }
    }

    @Test
    void refusesCommandsBeyondTheLimitAndTakesThemAgainLater() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        loop.execute(() -> {
            blocked.countDown();
            awaitUnchecked(release);
        });
        assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
        AtomicInteger ran = new AtomicInteger();
        int accepted = 0;
        while (loop.post(ran::incrementAndGet)) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(Inbox.MAX_POSTED);
        CountDownLatch completion = new CountDownLatch(1);
        loop.execute(completion::countDown); // not refused all the same
        release.countDown();
        assertThat(completion.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(accepted);
        await().atMost(Duration.ofSeconds(30)).until(() -> loop.post(ran::incrementAndGet));
    }

    @Test
    void runsItsOwnTasksInOrderAtTheEndOfTheTurn() throws Exception {
        List<String> order = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        OnLoop.run(
                loop,
                () -> {
                    loop.execute(() -> order.add("flush"));
                    loop.schedule(0, () -> order.add("zero delay"));
                    loop.execute(done::countDown);
                    order.add("work");
                });
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("work", "flush", "zero delay");
    }

    @Test
    void endlessOwnTasksDoNotStarveOthers() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        Runnable[] again = new Runnable[1];
        again[0] =
                () -> {
                    turns.incrementAndGet();
                    loop.execute(again[0]);
                };
        loop.execute(again[0]);
        for (int i = 0; i < 10; i++) {
            assertThat(OnLoop.call(loop, loop::inLoop)).isTrue();
        }
        assertThat(turns.get()).isPositive();
    }

    @Test
    void aFloodOfSlowTasksDoesNotHoldUpTimersAndOwnTasks() throws Exception {
        AtomicInteger slow = new AtomicInteger();
        AtomicInteger slowBeforeTimer = new AtomicInteger();
        OnLoop.run(
                loop,
                () ->
                        loop.schedule(
                                Duration.ofMillis(5).toNanos(),
                                () -> slowBeforeTimer.set(slow.get())));
        CountDownLatch done = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            loop.execute(() -> {
                clock.advance(Duration.ofMillis(1)); // each takes a millisecond
                slow.incrementAndGet();
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(slowBeforeTimer.get()).isBetween(1, 200);
    }

    @Test
    void survivesATaskThatThrows() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("thrown on purpose by a test");
        });
        loop.execute(() -> {
            throw new AssertionError("thrown on purpose by a test");
        });
        assertThat(OnLoop.call(loop, () -> "alive")).isEqualTo("alive");
    }

    @Test
    void firesTimersWhenTheirTimeHasComeAndNotBefore() throws Exception {
        List<String> fired = new CopyOnWriteArrayList<>();
        OnLoop.run(
                loop,
                () -> {
                    loop.schedule(Duration.ofMillis(20).toNanos(), () -> fired.add("late"));
                    loop.schedule(Duration.ofMillis(10).toNanos(), () -> fired.add("early"));
                    loop.schedule(Duration.ofMillis(10).toNanos(), () -> fired.add("second"));
                    loop.schedule(9_999_999, () -> fired.add("just before"));
                });
        clock.advance(Duration.ofNanos(9_999_999));
        eventually(() -> assertThat(fired).containsExactly("just before"));
        clock.advance(Duration.ofNanos(1));
        eventually(() -> assertThat(fired).containsExactly("just before", "early", "second"));
        clock.advance(Duration.ofDays(1));
        eventually(() -> assertThat(fired).hasSize(4).last().isEqualTo("late"));
    }

    @Test
    void holdsTenThousandTimersAndForgetsTheCancelled() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        AtomicInteger fired = new AtomicInteger();
        AtomicInteger wronglyFired = new AtomicInteger();
        List<EventLoop.Timer> cancelled = new ArrayList<>();
        int kept = 0;
        for (int i = 0; i < 10_000; i++) {
            long delay = 1 + random.nextLong(Duration.ofSeconds(10).toNanos());
            if (random.nextBoolean()) {
                kept++;
                loop.schedule(delay, fired::incrementAndGet);
            } else {
                cancelled.add(loop.schedule(delay, wronglyFired::incrementAndGet));
            }
        }
        int half = cancelled.size() / 2;
        cancelled.subList(0, half).forEach(EventLoop.Timer::cancel); // from outside
        List<EventLoop.Timer> rest = cancelled.subList(half, cancelled.size());
        OnLoop.run(loop, () -> rest.forEach(EventLoop.Timer::cancel));
        assertThat(OnLoop.call(loop, loop::pendingTimers)).isEqualTo(kept);
        clock.advance(Duration.ofSeconds(10));
        int expected = kept;
        eventually(() -> assertThat(fired).hasValue(expected));
        assertThat(wronglyFired).hasValue(0);
        assertThat(OnLoop.call(loop, loop::pendingTimers)).isZero();
        cancelled.getFirst().cancel(); // harmless now
    }

    @Test
    void wakesUpForARealTimer() throws Exception {
        SelectorLoop real = new SelectorLoop("real", Ticker.SYSTEM, new DirectBufferPool(1 << 20));
        real.start();
        try {
            CountDownLatch fired = new CountDownLatch(1);
            long before = System.nanoTime();
            real.schedule(Duration.ofMillis(30).toNanos(), fired::countDown);
            assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(System.nanoTime() - before)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
        } finally {
            real.close(Duration.ofSeconds(30));
        }
    }

    @Test
    void cachesTheTimeOfATurn() throws Exception {
        long[] seen = new long[2];
        OnLoop.run(
                loop,
                () -> {
                    seen[0] = loop.nanoTime();
                    clock.advance(Duration.ofSeconds(1));
                    seen[1] = loop.nanoTime();
                });
        assertThat(seen[0]).isEqualTo(seen[1]);
        eventually(() ->
                assertThat(OnLoop.call(loop, loop::nanoTime) - seen[0])
                        .isEqualTo(Duration.ofSeconds(1).toNanos()));
    }

    @Test
    void runsWhatWaitsAndThenEndsItsThread() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> awaitUnchecked(release));
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            loop.execute(ran::incrementAndGet);
        }
        Thread closer = Thread.ofPlatform().start(() -> loop.close(Duration.ofSeconds(30)));
        release.countDown();
        closer.join();
        assertThat(ran).hasValue(10_000);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("loop-under-test");
        assertThat(loop.post(() -> {})).isFalse();
        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void rejectsANegativeDelay() {
        assertThatThrownBy(() -> loop.schedule(-1, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    /** Makes the loop turn until something holds: the clock of the test does not wake it. */
    private void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> {
                    OnLoop.run(loop, () -> {});
                    assertion.run();
                });
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
