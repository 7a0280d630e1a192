package org.bittern.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/**
 * Buffers of one machine. Says how much is out, refuses a second release, and makes memory that was
 * given back unreadable, so that a use after the release ends as a hash failure.
 */
final class SimBuffers implements BufferPool {
    private static final byte POISON = (byte) 0xDD;

    private long usedBytes;

    @Override
    public PooledBuffer take(int bytes) {
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
        }
        usedBytes += bytes;
        Memory memory = new Memory(new byte[bytes]);
        return new Slice(memory, 0, bytes);
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    private final class Memory {
        final byte[] bytes;
        int references;

        Memory(byte[] bytes) {
            this.bytes = bytes;
        }

        void release() {
            if (references <= 0) {
                throw new IllegalStateException("a buffer was released twice");
            }
            if (--references == 0) {
                Arrays.fill(bytes, POISON);
                usedBytes -= bytes.length;
            }
        }
    }

    private static final class Slice implements PooledBuffer {
        private final Memory memory;
        private final int from;
        private final ByteBuffer view;

        Slice(Memory memory, int from, int length) {
            this.memory = memory;
            this.from = from;
            view = ByteBuffer.wrap(memory.bytes, from, length).slice();
            memory.references++;
        }

        @Override
        public ByteBuffer bytes() {
            return view;
        }

        @Override
        public PooledBuffer retain() {
            memory.references++;
            return this;
        }

        @Override
        public void release() {
            memory.release();
        }

        @Override
        public PooledBuffer slice(int offset, int length) {
            return new Slice(memory, from + offset, length);
        }
    }
}
