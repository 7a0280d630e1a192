package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PacketMemoryTest {
    /** A pool as it is when all of it is out. */
    private static final class UsedUp implements BufferPool {
        @Override
        public PooledBuffer take(int bytes) {
            throw new IllegalStateException("no buffer of " + bytes + " bytes");
        }

        @Override
        public long usedBytes() {
            return Long.MAX_VALUE;
        }
    }

    @Test
    void whatThePoolDoesNotGiveIsNotCounted() {
        MemoryBudget budget = new MemoryBudget(1 << 20);
        BufferPool pool = new UsedUp();
        assertThat(PacketMemory.take(pool, budget, 100)).isNull();
        assertThat(PacketMemory.take(pool, budget, 100, 0)).isNull();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void whatAStreamCannotDoWithoutComesFromTheHeapThen() {
        MemoryBudget budget = new MemoryBudget(1 << 20);
        PacketMemory memory = PacketMemory.force(new UsedUp(), budget, 100);
        assertThat(memory.bytes().remaining()).isEqualTo(100);
        assertThat(budget.usedBytes()).isEqualTo(memory.cost());
        memory.release();
        assertThat(budget.usedBytes()).isZero();
    }
}
