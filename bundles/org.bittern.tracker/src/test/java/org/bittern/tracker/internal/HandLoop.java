package org.bittern.tracker.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;

/** A loop that the test turns by hand: its time moves only when it is told to. */
final class HandLoop implements EventLoop {
    private static final int PATIENCE_SECONDS = 25;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Thread owner = Thread.currentThread();
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final List<Planned> planned = new ArrayList<>();
    // Close to the overflow: what compares times other than by difference fails.
    private final long beginNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);
    private long nanos = beginNanos;

    private record Planned(long dueNanos, Runnable task) implements Timer {
        @Override
        public void cancel() {
            throw new UnsupportedOperationException("see schedule()");
        }
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread().equals(owner);
    }

    @Override
    public boolean post(Runnable command) {
        return queue.add(command);
    }

    @Override
    public void execute(Runnable completion) {
        queue.add(completion);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        assertOwner();
        Planned plan = new Planned(nanos + delayNanos, task);
        planned.add(plan);
        return () -> planned.remove(plan);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant now() {
        return BEGIN.plusNanos(nanos - beginNanos);
    }

    @Override
    public BufferPool buffers() {
        throw new UnsupportedOperationException("trackers need no pooled buffers");
    }

    int timers() {
        return planned.size();
    }

    /** Runs what is queued. */
    void turn() {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }

    /** Lets time pass, with everything that falls due. */
    void pass(Duration time) {
        long end = nanos + time.toNanos();
        turn();
        Optional<Planned> next = next(end);
        while (next.isPresent()) {
            Planned plan = next.get();
            nanos = nanos - plan.dueNanos > 0 ? nanos : plan.dueNanos;
            planned.remove(plan);
            plan.task.run();
            turn();
            next = next(end);
        }
        nanos = end;
    }

    private Optional<Planned> next(long end) {
        return planned.stream()
                .filter(plan -> plan.dueNanos - end <= 0)
                .min(Comparator.comparingLong(plan -> plan.dueNanos - end));
    }

    /** Runs what other threads queue until something holds. */
    void until(BooleanSupplier condition) {
        turn();
        while (!condition.getAsBoolean()) {
            try {
                Runnable task = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (task == null) {
                    throw new AssertionError("nothing happened in " + PATIENCE_SECONDS + " s");
                }
                task.run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
