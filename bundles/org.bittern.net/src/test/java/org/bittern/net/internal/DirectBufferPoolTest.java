package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DirectBufferPoolTest {
    private static final int MIB = 1 << 20;

    private final DirectBufferPool pool = new DirectBufferPool(8 * MIB);

    @Test
    void givesABufferOfExactlyTheWantedSize() {
        for (int bytes :
                new int[] {1, 4_096, 4_097, 16_384, 16_385, 65_537, BufferPool.MAX_BYTES}) {
            PooledBuffer buffer = pool.take(bytes);
            assertThat(buffer.bytes().isDirect()).isTrue();
            assertThat(buffer.bytes().position()).isZero();
            assertThat(buffer.bytes().limit()).isEqualTo(bytes);
            assertThat(buffer.bytes().capacity()).isEqualTo(bytes);
            assertThat(pool.usedBytes()).isGreaterThanOrEqualTo(bytes);
            buffer.release();
            assertThat(pool.usedBytes()).isZero();
        }
    }

    @Test
    void rejectsSizesOutsideItsRange() {
        assertThatThrownBy(() -> pool.take(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.take(BufferPool.MAX_BYTES + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("262145");
    }

    @Test
    void reusesMemory() {
        for (int i = 0; i < 1_000; i++) {
            pool.take(BufferPool.MAX_BYTES).release();
        }
        assertThat(pool.allocatedBytes()).isEqualTo(BufferPool.MAX_BYTES);
    }

    @Test
    void saysClearlyThatItIsExhaustedAndRecovers() {
        List<PooledBuffer> held = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            held.add(pool.take(BufferPool.MAX_BYTES));
        }
        assertThatThrownBy(() -> pool.take(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8388608");
        assertThat(pool.usedBytes()).isEqualTo(8 * MIB);
        held.removeLast().release();
        // The memory lies free in the largest size; a small buffer gets its place all the same.
        held.add(pool.take(1));
        held.forEach(PooledBuffer::release);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void findsADoubleRelease() {
        PooledBuffer buffer = pool.take(100);
        PooledBuffer slice = buffer.slice(10, 20);
        buffer.release();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(buffer::retain).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(buffer::bytes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.slice(0, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.usedBytes()).isPositive();
        slice.release();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void keepsMemoryUntilTheLastReferenceIsGone() {
        PooledBuffer buffer = pool.take(1_000);
        buffer.bytes().put(500, (byte) 42);
        PooledBuffer slice = buffer.slice(400, 200);
        PooledBuffer inner = slice.slice(100, 1);
        buffer.retain();
        buffer.release();
        buffer.release();
        slice.release();
        assertThat(pool.usedBytes()).isPositive();
        assertThat(inner.bytes().get(0)).isEqualTo((byte) 42);
        inner.release();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void slicesStayInsideTheirParent() {
        PooledBuffer slice = pool.take(1_000).slice(100, 50);
        assertThatThrownBy(() -> slice.slice(0, 51)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(51, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(slice.slice(50, 0).bytes().remaining()).isZero();
    }

    @Test
    void trimDropsWhatNobodyNeededBeyondTheReserve() {
        DirectBufferPool large = new DirectBufferPool(64L * MIB);
        List<PooledBuffer> held = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            held.add(large.take(BufferPool.MAX_BYTES));
        }
        held.forEach(PooledBuffer::release);
        large.trim(); // they were needed in the time before
        assertThat(large.allocatedBytes()).isEqualTo(40L * MIB);
        large.trim();
        assertThat(large.allocatedBytes()).isEqualTo(DirectBufferPool.KEPT_BYTES);
    }

    @Test
    void neverHandsTheSameMemoryToTwo() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        AtomicInteger torn = new AtomicInteger();
        ConcurrentLinkedQueue<PooledBuffer> toRelease = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int me = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> useAtRandom(new Random(seed + me), torn, toRelease)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        toRelease.forEach(PooledBuffer::release);
        assertThat(torn).hasValue(0);
        assertThat(pool.usedBytes()).isZero();
    }

    /**
     * Marks memory, looks at the mark later, lets other threads release about half of the buffers.
     */
    private void useAtRandom(
            Random random, AtomicInteger torn, ConcurrentLinkedQueue<PooledBuffer> toRelease) {
        ArrayDeque<PooledBuffer> mine = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            PooledBuffer buffer = pool.take(random.nextBoolean() ? 4_000 : 16_384);
            ByteBuffer bytes = buffer.bytes();
            long mark = random.nextLong();
            bytes.putLong(0, mark).putLong(bytes.limit() - 8, mark);
            mine.add(buffer);
            if (mine.size() > 16) {
                PooledBuffer old = mine.remove();
                if (old.bytes().getLong(0) != old.bytes().getLong(old.bytes().limit() - 8)) {
                    torn.incrementAndGet();
                }
                if (random.nextBoolean()) {
                    old.release();
                } else {
                    toRelease.add(old);
                }
            }
            PooledBuffer others = random.nextBoolean() ? toRelease.poll() : null;
            if (others != null) {
                others.release();
            }
            if (toRelease.size() > 100) {
                toRelease.remove().release();
            }
        }
        mine.forEach(PooledBuffer::release);
    }
}
