package org.bittern.net.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Pooled direct memory. Thread-safe: loops take, disk threads release.
 *
 * <p>Memory comes in four sizes, each with a stack of free chunks: the one released last, which is
 * still in the processor's cache, goes out first. The stack is Treiber's; each push makes a new
 * node, so a node is never seen twice and the exchange cannot be fooled.
 *
 * <p>The JDK frees direct memory when the garbage collector finds it, and zeroes it when it is
 * made: both cost far more than keeping it. So chunks are kept while they are in demand, and {@link
 * #trim} drops only what nobody needed since the last time.
 */
final class DirectBufferPool implements BufferPool {
    /**
     * Bytes of a chunk: small messages, a block, several blocks, a read from a socket or a batch
     * for the disk.
     */
    private static final int[] SIZES = {1 << 12, 1 << 14, 1 << 16, MAX_BYTES};

    /** Free memory that {@link #trim} leaves to each size, in bytes: 32 MiB together. */
    static final long KEPT_BYTES = 8L << 20;

    private final long limitBytes;
    private final Shelf[] shelves = new Shelf[SIZES.length];
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong used = new AtomicLong();

    /**
     * @param limitBytes for everything that is handed out or kept
     */
    DirectBufferPool(long limitBytes) {
        if (limitBytes < MAX_BYTES) {
            throw new IllegalArgumentException(
                    "pool of %d bytes, at least %d needed".formatted(limitBytes, MAX_BYTES));
        }
        this.limitBytes = limitBytes;
        for (int i = 0; i < SIZES.length; i++) {
            shelves[i] = new Shelf(SIZES[i]);
        }
    }

    @Override
    public PooledBuffer take(int bytes) {
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "buffer of %d bytes, 1 to %d allowed".formatted(bytes, MAX_BYTES));
        }
        Shelf shelf = shelfFor(bytes);
        BufferChunk chunk = shelf.pop();
        if (chunk == null) {
            chunk = allocate(shelf);
        }
        used.addAndGet(shelf.chunkBytes);
        return chunk.open(bytes);
    }

    /** Whole chunks count, whatever part of them was asked for. */
    @Override
    public long usedBytes() {
        return used.get();
    }

    /** Bytes handed out and kept. */
    long allocatedBytes() {
        return allocated.get();
    }

    /**
     * Drops free chunks beyond {@link #KEPT_BYTES} per size that nobody needed since the last call.
     */
    void trim() {
        for (Shelf shelf : shelves) {
            int kept = (int) (KEPT_BYTES / shelf.chunkBytes);
            drop(shelf, shelf.idleSinceLastAsked() - kept);
        }
    }

    /** Takes back a chunk without holders. */
    void reclaim(BufferChunk chunk) {
        Shelf shelf = shelfFor(chunk.memory().capacity());
        used.addAndGet(-shelf.chunkBytes);
        shelf.push(chunk);
    }

    private Shelf shelfFor(int bytes) {
        int i = 0;
        while (SIZES[i] < bytes) {
            i++;
        }
        return shelves[i];
    }

    private BufferChunk allocate(Shelf shelf) {
        int bytes = shelf.chunkBytes;
        if (!reserve(bytes)) {
            for (Shelf other : shelves) {
                drop(other, Integer.MAX_VALUE);
            }
            if (!reserve(bytes)) {
                throw exhausted(bytes, null);
            }
        }
        try {
            return new BufferChunk(this, ByteBuffer.allocateDirect(bytes));
        } catch (OutOfMemoryError e) {
            allocated.addAndGet(-bytes);
            throw exhausted(bytes, e);
        }
    }

    private boolean reserve(int bytes) {
        if (allocated.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        allocated.addAndGet(-bytes);
        return false;
    }

    private IllegalStateException exhausted(int bytes, @Nullable Throwable cause) {
        return new IllegalStateException(
                "no buffer of %d bytes: %d of at most %d bytes are in use"
                        .formatted(bytes, used.get(), limitBytes),
                cause);
    }

    private void drop(Shelf shelf, int chunks) {
        for (int i = 0; i < chunks && shelf.pop() != null; i++) {
            allocated.addAndGet(-shelf.chunkBytes);
        }
    }

    /** Free chunks of one size. */
    private static final class Shelf {
        final int chunkBytes;
        private final AtomicReference<@Nullable Free> top = new AtomicReference<>();
        private volatile int fewest; // a racing write may lose: then a trim drops a little too much

        Shelf(int chunkBytes) {
            this.chunkBytes = chunkBytes;
        }

        @Nullable BufferChunk pop() {
            Free free;
            do {
                free = top.get();
                if (free == null) {
                    fewest = 0;
                    return null;
                }
            } while (!top.compareAndSet(free, free.next));
            if (free.depth <= fewest) {
                fewest = free.depth - 1;
            }
            return free.chunk;
        }

        void push(BufferChunk chunk) {
            Free free;
            Free below;
            do {
                below = top.get();
                free = new Free(chunk, below, below == null ? 1 : below.depth + 1);
            } while (!top.compareAndSet(below, free));
        }

        /** The fewest free chunks since the last call. */
        int idleSinceLastAsked() {
            int idle = fewest;
            Free free = top.get();
            fewest = free == null ? 0 : free.depth;
            return idle;
        }
    }

    /** A free chunk and what lies below it on the shelf. */
    private record Free(BufferChunk chunk, @Nullable Free next, int depth) {}
}
