package org.bittern.utp.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory all streams together may use for packets. Thread-safe.
 *
 * <p>One stream may keep as much as it leaves free: the more others keep, the less it may itself.
 * So whoever comes finds room, however many strangers keep all that they can. A part is for packets
 * that are only looked at, such as acks, without which nothing would ever be freed.
 */
final class MemoryBudget {
    /** Of all, what nobody may keep. */
    private static final int RESERVE_SHARE = 6;

    private final long limitBytes;
    private final long keptBytes; // that may be kept
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
        keptBytes = limitBytes - limitBytes / RESERVE_SHARE;
    }

    /**
     * Takes bytes for a moment.
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

    /**
     * Takes bytes for as long as they are needed.
     *
     * @param heldBytes that the same stream keeps already
     * @return false when that would be more than its share: nothing was taken
     */
    boolean take(int bytes, long heldBytes) {
        if (used.addAndGet(bytes) + heldBytes <= keptBytes) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Whether a stream that keeps so many bytes may also keep what was taken for a moment. */
    boolean allows(long heldBytes) {
        return used.get() + heldBytes <= keptBytes;
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
