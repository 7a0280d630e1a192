package org.bittern.spi.net;

import java.nio.ByteBuffer;

/**
 * A slice of pooled direct memory with a reference count. Who gets one with a reference of its own
 * releases it exactly once, on any thread; afterwards the memory belongs to somebody else.
 */
public interface PooledBuffer {
    /**
     * The bytes, a view of its own for this slice: position and limit are free for the holder.
     * Holders on several threads use {@link ByteBuffer#duplicate}.
     */
    ByteBuffer bytes();

    /** Adds a reference. */
    PooledBuffer retain();

    /** Gives a reference back; the last one returns the memory to the pool. */
    void release();

    /**
     * A part of this buffer with a reference of its own on the same memory.
     *
     * @param offset from the beginning of this slice
     */
    PooledBuffer slice(int offset, int length);
}
