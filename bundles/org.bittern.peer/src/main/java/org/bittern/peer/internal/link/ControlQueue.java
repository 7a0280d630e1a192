package org.bittern.peer.internal.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.bittern.peer.internal.wire.ByteSink;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/**
 * Frames without blocks that wait to be written, in pooled memory. Owned by the link. When no
 * memory is left, writing throws an {@link java.io.UncheckedIOException}; part of a frame may be
 * there then.
 */
final class ControlQueue implements ByteSink {
    private static final int CHUNK_BYTES = 4 << 10;

    private final BufferPool pool;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(2);

    /** Bytes from {@code from} to the position of {@code bytes} wait. */
    private static final class Chunk {
        final PooledBuffer buffer;
        final ByteBuffer bytes;
        int from;

        Chunk(PooledBuffer buffer) {
            this.buffer = buffer;
            bytes = buffer.bytes();
        }

        int waiting() {
            return bytes.position() - from;
        }
    }

    ControlQueue(BufferPool pool) {
        this.pool = pool;
    }

    @Override
    public ByteBuffer room(int bytes) {
        return last(bytes).bytes;
    }

    @Override
    public void put(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            ByteBuffer room = last(1).bytes;
            int count = Math.min(room.remaining(), bytes.length - at);
            room.put(bytes, at, count);
            at += count;
        }
    }

    private Chunk last(int room) {
        Chunk last = chunks.peekLast();
        if (last == null || last.bytes.remaining() < room) {
            last = new Chunk(LinkMemory.need(pool, CHUNK_BYTES));
            chunks.add(last);
        }
        return last;
    }

    /** Memory in use, in bytes; a little more than waits. */
    int heldBytes() {
        return chunks.size() * CHUNK_BYTES;
    }

    int waitingBytes() {
        int waiting = 0;
        for (Chunk chunk : chunks) {
            waiting += chunk.waiting();
        }
        return waiting;
    }

    /** Copies as much as there is room for; nothing is taken out. */
    void copyTo(ByteBuffer out) {
        for (Chunk chunk : chunks) {
            int bytes = Math.min(out.remaining(), chunk.waiting());
            out.put(out.position(), chunk.bytes, chunk.from, bytes);
            out.position(out.position() + bytes);
        }
    }

    /**
     * Takes out what was written.
     *
     * @param most bytes
     * @return bytes taken out
     */
    int written(int most) {
        int taken = 0;
        while (taken < most && !chunks.isEmpty()) {
            Chunk first = chunks.getFirst();
            int bytes = Math.min(most - taken, first.waiting());
            first.from += bytes;
            taken += bytes;
            if (first.waiting() == 0) {
                chunks.removeFirst().buffer.release();
            }
        }
        return taken;
    }

    void release() {
        chunks.forEach(chunk -> chunk.buffer.release());
        chunks.clear();
    }
}
