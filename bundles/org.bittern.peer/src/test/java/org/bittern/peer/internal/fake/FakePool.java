package org.bittern.peer.internal.fake;

import java.nio.ByteBuffer;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/** Counts what is out; memory that was given back is overwritten, so that late readers notice. */
public final class FakePool implements BufferPool {
    private static final byte POISON = (byte) 0xdb;

    private long usedBytes;
    private long peakBytes;
    private boolean usedUp;

    @Override
    public PooledBuffer take(int bytes) {
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("buffer of " + bytes + " bytes");
        }
        if (usedUp) {
            throw new IllegalStateException("no buffer of " + bytes + " bytes");
        }
        usedBytes += bytes;
        peakBytes = Math.max(peakBytes, usedBytes);
        return new View(new Memory(ByteBuffer.allocateDirect(bytes)), 0, bytes);
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    /** From now on there is nothing left. */
    public void useUp() {
        usedUp = true;
    }

    /** The most that was out at once since the last call. */
    public long takePeak() {
        long peak = peakBytes;
        peakBytes = usedBytes;
        return peak;
    }

    private static final class Memory {
        final ByteBuffer bytes;
        int references = 1;

        Memory(ByteBuffer bytes) {
            this.bytes = bytes;
        }
    }

    private final class View implements PooledBuffer {
        private final Memory memory;
        private final int offset;
        private final ByteBuffer bytes;

        View(Memory memory, int offset, int length) {
            this.memory = memory;
            this.offset = offset;
            bytes = memory.bytes.slice(offset, length);
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public PooledBuffer retain() {
            checkHeld();
            memory.references++;
            return this;
        }

        @Override
        public void release() {
            checkHeld();
            if (--memory.references == 0) {
                usedBytes -= memory.bytes.capacity();
                for (int i = 0; i < memory.bytes.capacity(); i++) {
                    memory.bytes.put(i, POISON);
                }
            }
        }

        @Override
        public PooledBuffer slice(int from, int length) {
            retain();
            return new View(memory, offset + from, length);
        }

        private void checkHeld() {
            if (memory.references <= 0) {
                throw new IllegalStateException("buffer was released already");
            }
        }
    }
}
