package org.bittern.disk.file.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one device. A few do blocks and hashes; pieces whose blocks have waited long
 * enough come first, then what was asked for, then background work (checks). Others, few too and
 * only while there is something to do, do what may take minutes: deleting, fsync. Moves, which may
 * take hours, have threads of their own. Thread-safe; the lock is never held while a disk is
 * touched.
 */
final class Device implements AutoCloseable {
    /** Work that waits a little for more of its kind. */
    interface Aging {
        /**
         * Runs when its time has come.
         *
         * @param last there is no more waiting: the device is being closed
         */
        void aged(boolean last);
    }

    /** Time that a block may wait for its neighbours, in nanoseconds. */
    static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long closing waits for each thread that hangs in the file system. */
    private static final Duration CLOSE_TIME = Duration.ofSeconds(2);

    private static final int BULK_THREADS = 4;
    private static final int MOVE_THREADS = 2;
    private static final long IDLE_SECONDS = 5;
    private static final Logger log = LoggerFactory.getLogger(Device.class);

    private record Waiting(Aging work, long dueNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final Deque<Waiting> aging = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ThreadPoolExecutor bulk;
    private final ThreadPoolExecutor moves;
    private final LongSupplier nanos;
    private final String name;
    private boolean closed;

    /**
     * Starts the threads.
     *
     * @param name prefix of the threads' names
     * @param threadCount 1 or more
     * @param nanos monotonic clock
     */
    Device(String name, int threadCount, LongSupplier nanos) {
        this.name = name;
        this.nanos = nanos;
        for (int i = 1; i <= threadCount; i++) {
            Thread thread = Thread.ofPlatform().name(name + "-" + i).daemon().unstarted(this::work);
            threads.add(thread);
        }
        bulk = pool(BULK_THREADS, name + "-bulk-");
        moves = pool(MOVE_THREADS, name + "-move-");
        threads.forEach(Thread::start);
    }

    private static ThreadPoolExecutor pool(int most, String name) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        most,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        run ->
                                Thread.ofPlatform()
                                        .name(name + count.incrementAndGet())
                                        .daemon()
                                        .unstarted(run));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    int threadCount() {
        return threads.size();
    }

    /** Work on blocks: done in order of submission by the next thread that is free. */
    void submit(Runnable work) {
        offer(ready, work);
    }

    /** Work that gives way to all other; each call should end within some 10 ms. */
    void background(Runnable work) {
        offer(background, work);
    }

    /** Executes work that may take long. */
    Executor bulk() {
        return executor(bulk);
    }

    /** Executes work that may take very long. */
    Executor moves() {
        return executor(moves);
    }

    private static Executor executor(ThreadPoolExecutor pool) {
        return run -> {
            try {
                pool.execute(run);
            } catch (RejectedExecutionException _) {
                run.run(); // closing: the stores are closed already, nothing is left to wait for
            }
        };
    }

    private void offer(Deque<Runnable> queue, Runnable work) {
        lock.lock();
        try {
            if (!closed) {
                queue.add(work);
                change.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        work.run();
    }

    /** Lets work wait for {@link #AGE_NANOS} before it runs. */
    void age(Aging work) {
        lock.lock();
        try {
            if (!closed) {
                aging.add(new Waiting(work, nanos.getAsLong() + AGE_NANOS));
                if (aging.size() == 1) {
                    change.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        work.aged(true);
    }

    private void work() {
        try {
            for (Runnable next = take(); next != null; next = take()) {
                run(next);
            }
        } catch (InterruptedException _) {
            log.warn("{} was interrupted and ends", Thread.currentThread().getName());
        }
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // A fault in one torrent's work must not end the thread that all torrents share.
            log.error("disk work failed", e);
        }
    }

    private @Nullable Runnable take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                Waiting oldest = aging.peek();
                long left = oldest == null ? Long.MAX_VALUE : oldest.dueNanos - nanos.getAsLong();
                if (oldest != null && (left <= 0 || closed)) {
                    aging.remove();
                    boolean last = closed;
                    return () -> oldest.work.aged(last);
                }
                Runnable next = ready.isEmpty() ? background.poll() : ready.poll();
                if (next != null || closed) {
                    return next;
                }
                if (oldest == null) {
                    change.await();
                } else {
                    long ignored = change.awaitNanos(left);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Finishes what was submitted, then ends the threads. Bounded in time: what has not begun by
     * then, such as deleting, is done by a thread that is left behind.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            change.signalAll();
        } finally {
            lock.unlock();
        }
        bulk.shutdown();
        moves.shutdown();
        try {
            for (Thread thread : threads) {
                if (!thread.join(CLOSE_TIME)) {
                    log.warn("{} hangs in the file system and is left behind", thread.getName());
                }
            }
            if (!bulk.awaitTermination(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
                leave(bulk.shutdownNow());
            }
            if (!moves.awaitTermination(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
                moves.shutdownNow(); // the next run begins them again
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Somebody waits for the answer of each: for closed files, so that others may open them. */
    private void leave(List<Runnable> left) {
        if (!left.isEmpty()) {
            log.warn("{} operations on files outlast their disk store", left.size());
            Thread.ofPlatform()
                    .name(name + "-left")
                    .daemon()
                    .start(() -> left.forEach(Device::run));
        }
    }
}
