package org.bittern.api.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PathThreadsTest {
    private static final Path DEAD = Path.of("/mnt/nas/films");

    private final PathThreads threads = new PathThreads("test");
    private final CountDownLatch answer = new CountDownLatch(1);
    private final Semaphore hanging = new Semaphore(0);
    private final Semaphore answered = new Semaphore(0);

    private void hang() {
        hanging.release();
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        answered.release();
    }

    @Test
    void whatHangsInOnePlaceHoldsUpNoOther() throws Exception {
        int many = 100 * PathThreads.MAX_NEAR;
        for (int i = 0; i < many; i++) {
            threads.near(DEAD.resolve("a/" + i)).execute(this::hang);
        }
        hanging.acquire(PathThreads.MAX_NEAR);
        CompletableFuture.runAsync(() -> {}, threads.near(Path.of("/mnt/nas/music"))).get();
        CompletableFuture.runAsync(() -> {}, threads.near(Path.of("/"))).get();
        CompletableFuture.runAsync(() -> {}, threads.near(Path.of("here"))).get();
        assertThat(hanging.availablePermits()).as("no more threads than said").isZero();
        answer.countDown();
        answered.acquire(many);
    }

    @Test
    void tasksRunOnThreadsThatHoldNoCarrierAndKeepNoProcessAlive() {
        List<Thread> seen = new CopyOnWriteArrayList<>();
        CompletableFuture.runAsync(() -> seen.add(Thread.currentThread()), threads.near(DEAD))
                .join();
        assertThat(seen).singleElement().matches(Thread::isDaemon);
        assertThat(seen.getFirst().isVirtual()).isFalse();
    }

    @Test
    void placesWithoutEndShareThreads() {
        for (int i = 0; i < 3_000; i++) {
            assertThat(threads.near(Path.of("/a/b/" + i))).isNotNull();
        }
        assertThat(threads.near(Path.of("/a/b/2000"))).isSameAs(threads.near(Path.of("/c/d/e")));
        assertThat(threads.near(Path.of("/a/b/0"))).isNotSameAs(threads.near(Path.of("/c/d/e")));
    }
}
