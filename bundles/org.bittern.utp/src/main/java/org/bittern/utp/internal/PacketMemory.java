package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** Pooled memory of one packet, counted in the budget. Handed from owner to owner, never shared. */
final class PacketMemory {
    /** What the pool gives for a packet, whatever its size: the next of these. */
    private static final int[] CHUNKS = {1 << 12, 1 << 14, 1 << 16};

    private final PooledBuffer memory;
    private final MemoryBudget budget;
    private final int cost;
    private int references = 1;

    private PacketMemory(PooledBuffer memory, MemoryBudget budget, int cost) {
        this.memory = memory;
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
            return new PacketMemory(pool.take(bytes), budget, cost);
        } catch (IllegalStateException _) { // the pool is used up
            budget.giveBack(cost);
            return null;
        }
    }

    /** Memory without which a stream could never go on. */
    static PacketMemory force(BufferPool pool, MemoryBudget budget, int bytes) {
        PooledBuffer memory = pool.take(bytes); // it may throw: nothing must be counted then
        int cost = cost(bytes);
        budget.force(cost);
        return new PacketMemory(memory, budget, cost);
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
        return memory.bytes();
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
            memory.release();
        }
    }
}
