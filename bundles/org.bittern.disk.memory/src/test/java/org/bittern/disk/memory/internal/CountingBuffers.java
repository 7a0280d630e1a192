package org.bittern.disk.memory.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/** Buffers whose references are counted and whose misuse fails. Thread-safe. */
final class CountingBuffers implements BufferPool {
    private final AtomicLong used = new AtomicLong();
    private final boolean direct;

    CountingBuffers(boolean direct) {
        this.direct = direct;
    }

    @Override
    public PooledBuffer take(int bytes) {
        ByteBuffer memory = direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
        used.addAndGet(bytes);
        return new Counted(memory, new AtomicInteger(1), bytes);
    }

    @Override
    public long usedBytes() {
        return used.get();
    }

    private final class Counted implements PooledBuffer {
        private final ByteBuffer view;
        private final AtomicInteger references;
        private final int bytes;

        Counted(ByteBuffer view, AtomicInteger references, int bytes) {
            this.view = view;
            this.references = references;
            this.bytes = bytes;
        }

        @Override
        public ByteBuffer bytes() {
            if (references.get() <= 0) {
                throw new IllegalStateException("used after release");
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
                throw new IllegalStateException("released twice");
            }
            if (left == 0) {
                used.addAndGet(-bytes);
            }
        }

        @Override
        public PooledBuffer slice(int offset, int length) {
            references.incrementAndGet();
            return new Counted(view.slice(offset, length), references, bytes);
        }
    }
}
