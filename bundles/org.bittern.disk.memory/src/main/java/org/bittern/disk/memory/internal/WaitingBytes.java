package org.bittern.disk.memory.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.engine.Subscription;

/**
 * Counts the bytes that wait to be stored and says when there are too many. Congestion begins at
 * 7/8 of the limit and ends at 3/4, so that sockets are not switched on and off for each block.
 * Thread-safe, without locks.
 */
final class WaitingBytes {
    /** Least limit, in bytes. */
    static final long MIN_LIMIT_BYTES = 4L << 20;

    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean congested = new AtomicBoolean();
    private final List<Runnable> relieved = new CopyOnWriteArrayList<>();
    private volatile long limit;

    WaitingBytes(long limitBytes) {
        limit = checked(limitBytes);
    }

    private static long checked(long limitBytes) {
        if (limitBytes < MIN_LIMIT_BYTES) {
            throw new IllegalArgumentException(
                    "limit of %d waiting bytes, at least %d"
                            .formatted(limitBytes, MIN_LIMIT_BYTES));
        }
        return limitBytes;
    }

    void limit(long limitBytes) {
        limit = checked(limitBytes);
        add(0);
        remove(0);
    }

    long waitingBytes() {
        return waiting.get();
    }

    boolean congested() {
        return congested.get();
    }

    void add(long bytes) {
        if (waiting.addAndGet(bytes) >= limit / 8 * 7) {
            congested.set(true);
            // The disk may have caught up between the two statements above.
            remove(0);
        }
    }

    void remove(long bytes) {
        if (waiting.addAndGet(-bytes) <= limit / 4 * 3 && congested.compareAndSet(true, false)) {
            relieved.forEach(Runnable::run);
        }
    }

    Subscription onRelief(Runnable listener) {
        // Wrapped, so that the same listener can be registered twice and each ends its own.
        Runnable own = () -> listener.run();
        relieved.add(own);
        return () -> relieved.remove(own);
    }
}
