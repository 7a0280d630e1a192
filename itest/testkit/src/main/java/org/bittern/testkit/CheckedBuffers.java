package org.bittern.testkit;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/**
 * Buffers that say how much is out, refuse a second release, and make memory that was given back
 * unreadable, so that a use after the release ends as a hash failure. Thread-safe.
 */
public final class CheckedBuffers implements BufferPool {
    private static final byte POISON = (byte) 0xDD;

    private final AtomicLong usedBytes = new AtomicLong();
    private final boolean direct;
    private volatile boolean usedUp;

    /** Buffers on the heap. */
    public CheckedBuffers() {
        this(false);
    }

    /**
     * Buffers of either kind.
     *
     * @param direct outside the heap, as the real ones are
     */
    public CheckedBuffers(boolean direct) {
        this.direct = direct;
    }

    @Override
    public PooledBuffer take(int bytes) {
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
        }
        if (usedUp) {
            throw new IllegalStateException("no buffer of " + bytes + " bytes");
        }
        usedBytes.addAndGet(bytes);
        ByteBuffer memory = direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
        fill(memory);
        return new Slice(memory, memory.duplicate(), new AtomicInteger(1));
    }

    @Override
    public long usedBytes() {
        return usedBytes.get();
    }

    /** Whether there is nothing left from now on. */
    public void useUp(boolean now) {
        usedUp = now;
    }

    private static void fill(ByteBuffer memory) {
        for (int at = 0; at < memory.capacity(); at++) {
            memory.put(at, POISON);
        }
    }

    private final class Slice implements PooledBuffer {
        private final ByteBuffer memory;
        private final ByteBuffer view;
        private final AtomicInteger references;

        Slice(ByteBuffer memory, ByteBuffer view, AtomicInteger references) {
            this.memory = memory;
            this.view = view;
            this.references = references;
        }

        @Override
        public ByteBuffer bytes() {
            if (references.get() <= 0) {
                throw new IllegalStateException("a buffer was used after its release");
            }
            return view;
        }

        @Override
        public PooledBuffer retain() {
            references.incrementAndGet();
            return this;
        }

        @Override
        public void release() {
            int left = references.decrementAndGet();
            if (left < 0) {
                throw new IllegalStateException("a buffer was released twice");
            }
            if (left == 0) {
                fill(memory);
                usedBytes.addAndGet(-memory.capacity());
            }
        }

        @Override
        public PooledBuffer slice(int offset, int length) {
            references.incrementAndGet();
            return new Slice(memory, view.slice(offset, length), references);
        }
    }
}
