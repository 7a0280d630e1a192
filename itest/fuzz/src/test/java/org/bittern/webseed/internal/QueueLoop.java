package org.bittern.webseed.internal;

import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bittern.spi.net.EventLoop;
import org.bittern.testkit.CheckedBuffers;

/** A loop on the thread that made it, to which other threads hand over. It has no clock. */
final class QueueLoop implements EventLoop {
    private static final int LOOK_MILLIS = 10;
    private static final int MOST_LOOKS = 2_000;

    private final Thread owner = Thread.currentThread();
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final CheckedBuffers buffers = new CheckedBuffers();

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
        throw new UnsupportedOperationException("links to servers need no timers");
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public CheckedBuffers buffers() {
        return buffers;
    }

    /** Runs what is queued. */
    void turn() {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }

    /** Runs what other threads hand over until something holds. */
    void until(String what, BooleanSupplier condition) {
        turn();
        for (int looks = 0; !condition.getAsBoolean(); looks++) {
            if (looks == MOST_LOOKS) {
                throw new AssertionError("waited in vain until " + what);
            }
            try {
                Runnable task = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (task != null) {
                    looks = 0;
                    task.run();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
