package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/** Buffers that notice a second release, and whose memory is unreadable after the first. */
final class CheckedBuffers implements BufferPool {
    private static final byte POISON = (byte) 0xDD;

    private long used;

    @Override
    public PooledBuffer take(int bytes) {
        used += bytes;
        return new Memory(bytes);
    }

    @Override
    public long usedBytes() {
        return used;
    }

    private final class Memory implements PooledBuffer {
        private final byte[] memory;
        private final ByteBuffer view;
        private int references = 1;

        Memory(int bytes) {
            memory = new byte[bytes];
            Arrays.fill(memory, POISON);
            view = ByteBuffer.wrap(memory);
        }

        @Override
        public ByteBuffer bytes() {
            return view;
        }

        @Override
        public PooledBuffer retain() {
            references++;
            return this;
        }

        @Override
        public void release() {
            if (references <= 0) {
                throw new IllegalStateException("released twice");
            }
            if (--references == 0) {
                Arrays.fill(memory, POISON);
                used -= memory.length;
            }
        }

        @Override
        public PooledBuffer slice(int offset, int length) {
            throw new UnsupportedOperationException("uTP cuts no buffers");
        }
    }
}
