package org.bittern.testkit;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;

/**
 * A loop on virtual time: each event is a turn of its own, at whose end run the completions that
 * the turn has queued. Exactly one loop of a world is at work at a time.
 */
public final class VirtualLoop implements EventLoop {
    private final VirtualTime time;
    private final String name;
    private final BufferPool buffers;
    private final Consumer<Throwable> faults;
    private final ArrayDeque<Runnable> own = new ArrayDeque<>();
    private boolean inTurn;
    private boolean dead;
    private boolean only;

    /** A loop whose uncaught exceptions end the test. */
    public VirtualLoop(VirtualTime time, String name, BufferPool buffers) {
        this(time, name, buffers, VirtualLoop::fail);
    }

    /** The only loop of a test: what the test calls itself counts as being in it. */
    public static VirtualLoop only(VirtualTime time) {
        VirtualLoop loop = new VirtualLoop(time, "the only loop", new CheckedBuffers());
        loop.only = true;
        return loop;
    }

    private static void fail(Throwable fault) {
        throw new AssertionError("a loop has failed", fault);
    }

    /**
     * A loop of the world that a clock drives.
     *
     * @param faults hears of exceptions that nobody has caught
     */
    public VirtualLoop(
            VirtualTime time, String name, BufferPool buffers, Consumer<Throwable> faults) {
        this.time = time;
        this.name = name;
        this.buffers = buffers;
        this.faults = faults;
    }

    @Override
    public boolean inLoop() {
        return inTurn || only;
    }

    @Override
    public boolean post(Runnable command) {
        if (dead) {
            return false;
        }
        execute(command);
        return true;
    }

    @Override
    public void execute(Runnable completion) {
        if (dead) {
            throw new RejectedExecutionException(name + " has stopped");
        }
        if (inTurn) {
            own.add(completion);
        } else {
            time.after(0, () -> turn(completion));
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return time.after(delayNanos, () -> turn(task))::cancel;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public BufferPool buffers() {
        return buffers;
    }

    /** The machine lost its power: nothing runs any more. */
    public void kill() {
        dead = true;
        own.clear();
    }

    /** Whether it has lost its power. */
    public boolean dead() {
        return dead;
    }

    /** Runs something now, as a turn of its own. */
    public void turn(Runnable task) {
        if (dead) {
            return;
        }
        if (inTurn) {
            throw new IllegalStateException("a turn within a turn of " + name);
        }
        inTurn = true;
        try {
            run(task);
            for (Runnable next = own.poll(); next != null; next = own.poll()) {
                run(next);
            }
        } finally {
            inTurn = false;
        }
    }

    @SuppressWarnings("CatchingUnchecked") // as the real loop: whatever it is, it fails the test
    private void run(Runnable task) {
        try {
            task.run();
        } catch (Exception | AssertionError unexpected) {
            faults.accept(unexpected);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
