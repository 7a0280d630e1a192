package org.bittern.net.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.bittern.spi.net.PooledBuffer;

/**
 * A piece of direct memory that many slices may share; it goes back to the pool with the last of
 * them. Thread-safe.
 */
final class BufferChunk {
    private static final AtomicIntegerFieldUpdater<BufferChunk> SLICES =
            AtomicIntegerFieldUpdater.newUpdater(BufferChunk.class, "slices");
    private static final AtomicIntegerFieldUpdater<Slice> REFERENCES =
            AtomicIntegerFieldUpdater.newUpdater(Slice.class, "references");

    private final DirectBufferPool pool;
    private final ByteBuffer memory;
    private volatile int slices;

    BufferChunk(DirectBufferPool pool, ByteBuffer memory) {
        this.pool = pool;
        this.memory = memory;
    }

    ByteBuffer memory() {
        return memory;
    }

    /** The first slice of a chunk that nobody holds. */
    PooledBuffer open(int bytes) {
        if (slices != 0) {
            throw new IllegalStateException("a free chunk has " + slices + " slices");
        }
        slices = 1;
        return new Slice(this, 0, bytes);
    }

    private void sliceGone() {
        if (SLICES.decrementAndGet(this) == 0) {
            pool.reclaim(this);
        }
    }

    /**
     * What holders see. Each slice counts its own references, so one release too many is found at
     * the slice that did it, even while others keep the chunk alive.
     */
    private static final class Slice implements PooledBuffer {
        private final BufferChunk chunk;
        private final int offset;
        private final int length;
        private final ByteBuffer view;
        private volatile int references = 1;

        Slice(BufferChunk chunk, int offset, int length) {
            this.chunk = chunk;
            this.offset = offset;
            this.length = length;
            view = chunk.memory.slice(offset, length);
        }

        @Override
        public ByteBuffer bytes() {
            requireHeld();
            return view;
        }

        @Override
        public PooledBuffer retain() {
            int held;
            do {
                held = requireHeld();
            } while (!REFERENCES.compareAndSet(this, held, held + 1));
            return this;
        }

        @Override
        public void release() {
            int held;
            do {
                held = requireHeld();
            } while (!REFERENCES.compareAndSet(this, held, held - 1));
            if (held == 1) {
                chunk.sliceGone();
            }
        }

        @Override
        public PooledBuffer slice(int from, int bytes) {
            requireHeld();
            if (from < 0 || bytes < 0 || from > length - bytes) {
                throw new IndexOutOfBoundsException(
                        "slice of %d bytes at %d of %d bytes".formatted(bytes, from, length));
            }
            Slice slice = new Slice(chunk, offset + from, bytes);
            SLICES.getAndIncrement(chunk);
            return slice;
        }

        private int requireHeld() {
            int held = references;
            if (held == 0) {
                throw new IllegalStateException("the buffer was released already");
            }
            return held;
        }
    }
}
