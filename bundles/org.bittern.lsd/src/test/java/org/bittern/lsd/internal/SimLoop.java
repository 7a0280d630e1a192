package org.bittern.lsd.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;

/** A loop in virtual time; all nodes of a test share it. */
final class SimLoop implements EventLoop {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    // Close to the overflow: what compares times other than by difference fails.
    private final long beginNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);
    private final PriorityQueue<Planned> planned =
            new PriorityQueue<>(
                    Comparator.comparingLong((Planned p) -> p.afterNanos)
                            .thenComparingLong(p -> p.order));
    private long passedNanos;
    private long order;

    private record Planned(long afterNanos, long order, Runnable task) {}

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public boolean post(Runnable command) {
        execute(command);
        return true;
    }

    @Override
    public void execute(Runnable completion) {
        schedule(0, completion);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Planned plan = new Planned(passedNanos + delayNanos, order++, task);
        planned.add(plan);
        return () -> planned.remove(plan);
    }

    @Override
    public long nanoTime() {
        return beginNanos + passedNanos;
    }

    @Override
    public Instant now() {
        return BEGIN.plusNanos(passedNanos);
    }

    @Override
    public BufferPool buffers() {
        throw new UnsupportedOperationException("local discovery needs no pooled buffers");
    }

    /** Lets time pass with everything that falls due. */
    void pass(Duration time) {
        long end = passedNanos + time.toNanos();
        Planned next = planned.peek();
        while (next != null && next.afterNanos <= end) {
            planned.poll();
            passedNanos = Math.max(passedNanos, next.afterNanos);
            next.task.run();
            next = planned.peek();
        }
        passedNanos = end;
    }
}
