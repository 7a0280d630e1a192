package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** Memory of one packet, counted in the budget. Handed from owner to owner, never shared. */
final class PacketMemory {
    /** What the pool gives for a packet, whatever its size: the next of these. */
    private static final int[] CHUNKS = {1 << 12, 1 << 14, 1 << 16};

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final @Nullable PooledBuffer pooled; // null: it is of the heap
    private final ByteBuffer heap;
    private final MemoryBudget budget;
    private final int cost;
    private int references = 1;

    private PacketMemory(
            @Nullable PooledBuffer pooled, ByteBuffer heap, MemoryBudget budget, int cost) {
        this.pooled = pooled;
        this.heap = heap;
        this.budget = budget;
        this.cost = cost;
    }

    /** Memory for a moment, or null when the budget is spent or the pool used up. */
    static @Nullable PacketMemory take(BufferPool pool, MemoryBudget budget, int bytes) {
        return budget.take(cost(bytes)) ? taken(pool, budget, bytes) : null;
    }

    /** Memory to keep, or null also when a stream that keeps so many bytes may have no more. */
    static @Nullable PacketMemory take(
            BufferPool pool, MemoryBudget budget, int bytes, long heldBytes) {
        return budget.take(cost(bytes), heldBytes) ? taken(pool, budget, bytes) : null;
    }

    private static @Nullable PacketMemory taken(BufferPool pool, MemoryBudget budget, int bytes) {
        int cost = cost(bytes);
        try {
            return new PacketMemory(pool.take(bytes), NOTHING, budget, cost);
        } catch (IllegalStateException _) { // the pool is used up
            budget.giveBack(cost);
            return null;
        }
    }

    /**
     * Memory without which a stream could never go on: of the heap when the pool is used up. A
     * stream has one or two such packets at a time.
     */
    static PacketMemory force(BufferPool pool, MemoryBudget budget, int bytes) {
        int cost = cost(bytes);
        budget.force(cost);
        try {
            return new PacketMemory(pool.take(bytes), NOTHING, budget, cost);
        } catch (IllegalStateException _) { // the pool is used up
            return new PacketMemory(null, ByteBuffer.allocate(bytes), budget, cost);
        }
    }

    /** Whether a stream that keeps so many bytes may keep this as well. */
    boolean mayBeKept(long heldBytes) {
        return budget.allows(heldBytes);
    }

    private static int cost(int bytes) {
        for (int chunk : CHUNKS) {
            if (bytes <= chunk) {
                return chunk;
            }
        }
        throw new IllegalArgumentException("a packet of " + bytes + " bytes");
    }

    /** As many bytes as were asked for. */
    ByteBuffer bytes() {
        return pooled == null ? heap : pooled.bytes();
    }

    /** Bytes that it really takes. */
    int cost() {
        return cost;
    }

    PacketMemory retain() {
        references++;
        return this;
    }

    void release() {
        if (--references == 0) {
            budget.giveBack(cost);
            if (pooled != null) {
                pooled.release();
            }
        }
    }
}
