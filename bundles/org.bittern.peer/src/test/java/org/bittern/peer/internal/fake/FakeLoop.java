package org.bittern.peer.internal.fake;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;

/** A loop that turns when the test says so, on the test's thread, on a clock of its own. */
public final class FakeLoop implements EventLoop {
    private final FakePool pool = new FakePool();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<FakeTimer> timers =
            new PriorityQueue<>(Comparator.comparingLong((FakeTimer timer) -> timer.due));
    private final List<FakeConnection> connections = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000_000_000L; // so that a comparison of absolutes fails
    private long fired;

    private final class FakeTimer implements Timer {
        final long due;
        final Runnable task;

        FakeTimer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        @Override
        public void cancel() {
            timers.remove(this);
        }
    }

    private long elapsed; // since the start; timers use it, as it does not wrap

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public boolean post(Runnable command) {
        tasks.add(command);
        return true;
    }

    @Override
    public void execute(Runnable completion) {
        tasks.add(completion);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        FakeTimer timer = new FakeTimer(elapsed + delayNanos, task);
        timers.add(timer);
        return timer;
    }

    @Override
    public long nanoTime() {
        return nanos + elapsed;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(elapsed);
    }

    @Override
    public BufferPool buffers() {
        return pool;
    }

    public FakePool pool() {
        return pool;
    }

    /** Timers that have fired. */
    public long firedTimers() {
        return fired;
    }

    /** Timers that wait. */
    public int waitingTimers() {
        return timers.size();
    }

    void add(FakeConnection connection) {
        connections.add(connection);
    }

    void remove(FakeConnection connection) {
        connections.remove(connection);
    }

    /** Turns until nothing is left to do now. */
    public void run() {
        boolean busy = true;
        while (busy) {
            busy = false;
            while (!tasks.isEmpty()) {
                tasks.removeFirst().run();
                busy = true;
            }
            for (FakeConnection connection : List.copyOf(connections)) {
                busy |= connection.poll();
            }
        }
    }

    /** Lets time pass, with everything that falls due in it. */
    public void advance(Duration time) {
        long until = elapsed + time.toNanos();
        run();
        while (!timers.isEmpty() && timers.peek().due <= until) {
            FakeTimer timer = timers.remove();
            elapsed = Math.max(elapsed, timer.due);
            fired++;
            timer.task.run();
            run();
        }
        elapsed = until;
    }
}
