package org.bittern.utp.internal;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory all streams together may use for packets. Thread-safe. */
final class MemoryBudget {
    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Takes bytes.
     *
     * @return false when there are too few: nothing was taken
     */
    boolean take(int bytes) {
        if (used.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Takes what must be there for a stream to go on, over the limit if need be. */
    void force(int bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(int bytes) {
        used.addAndGet(-bytes);
    }

    /** Bytes in use now. */
    long usedBytes() {
        return used.get();
    }
}
