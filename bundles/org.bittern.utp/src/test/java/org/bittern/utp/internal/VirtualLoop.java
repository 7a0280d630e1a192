package org.bittern.utp.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;

/** A loop on virtual time: each event is a turn, at whose end run the tasks that it queued. */
final class VirtualLoop implements EventLoop {
    private final VirtualTime time;
    private final String name;
    private final BufferPool buffers;
    private final ArrayDeque<Runnable> own = new ArrayDeque<>();
    private boolean inTurn;

    VirtualLoop(VirtualTime time, String name, BufferPool buffers) {
        this.time = time;
        this.name = name;
        this.buffers = buffers;
    }

    @Override
    public boolean inLoop() {
        return inTurn;
    }

    @Override
    public boolean post(Runnable command) {
        execute(command);
        return true;
    }

    @Override
    public void execute(Runnable completion) {
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
        return Instant.EPOCH.plusNanos(time.nanoTime());
    }

    @Override
    public BufferPool buffers() {
        return buffers;
    }

    /** Runs something now, as a turn of its own. */
    void turn(Runnable task) {
        inTurn = true;
        try {
            task.run();
            for (Runnable next = own.poll(); next != null; next = own.poll()) {
                next.run();
            }
        } finally {
            inTurn = false;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
