package org.bittern.spi.disk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.engine.Subscription;

/**
 * Counts the bytes that wait to be stored and says when there are too many, as {@link DiskStore}
 * promises. Congestion begins at 7/8 of the limit and ends at 3/4, so that sockets are not switched
 * on and off for each block. Thread-safe, without locks.
 */
public final class WaitingBytes {
    /** Least limit, in bytes. */
    public static final long MIN_LIMIT_BYTES = 4L << 20;

    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean congested = new AtomicBoolean();
    private final List<Runnable> relieved = new CopyOnWriteArrayList<>();
    private volatile long limit;

    /**
     * Nothing waits.
     *
     * @param limitBytes {@link #MIN_LIMIT_BYTES} or more
     */
    public WaitingBytes(long limitBytes) {
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

    /** How many bytes may wait. */
    public long limitBytes() {
        return limit;
    }

    /**
     * Changes how many may wait.
     *
     * @param limitBytes {@link #MIN_LIMIT_BYTES} or more
     */
    public void limit(long limitBytes) {
        limit = checked(limitBytes);
        add(0);
        remove(0);
    }

    /** How many wait. */
    public long waitingBytes() {
        return waiting.get();
    }

    /** True while too many wait. */
    public boolean congested() {
        return congested.get();
    }

    /** So many more wait. */
    public void add(long bytes) {
        if (waiting.addAndGet(bytes) >= limit / 8 * 7) {
            congested.set(true);
            // The disk may have caught up between the two statements above.
            remove(0);
        }
    }

    /** So many fewer wait. */
    public void remove(long bytes) {
        if (waiting.addAndGet(-bytes) <= limit / 4 * 3 && congested.compareAndSet(true, false)) {
            relieved.forEach(Runnable::run);
        }
    }

    /**
     * Tells when congestion ends.
     *
     * @param listener called by who takes bytes away; must return at once
     */
    public Subscription onRelief(Runnable listener) {
        // Wrapped, so that the same listener can be registered twice and each ends its own.
        Runnable own = () -> listener.run();
        relieved.add(own);
        return () -> relieved.remove(own);
    }
}
