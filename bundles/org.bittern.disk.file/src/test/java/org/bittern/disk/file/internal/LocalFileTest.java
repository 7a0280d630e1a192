package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bittern.disk.file.internal.Volume.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file gets longer while blocks are written to it. */
@Timeout(60)
class LocalFileTest {
    private static final int BLOCK = 16 << 10;
    private static final int MIB = 1 << 20;

    @TempDir Path directory;

    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private LocalFile file;

    @BeforeEach
    void open() throws IOException {
        file = (LocalFile) new LocalVolume().open(directory.resolve("file"), Access.CREATE);
    }

    @AfterEach
    void close() throws IOException {
        other.shutdownNow();
        file.close();
    }

    private void write(byte[] block, long position) throws IOException {
        assertThat(file.write(new ByteBuffer[] {ByteBuffer.wrap(block)}, 0, 1, position))
                .isEqualTo(block.length);
    }

    private byte[] read(int length, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            assertThat(file.read(bytes, position + bytes.position())).isPositive();
        }
        return bytes.array();
    }

    private static byte[] block() {
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, (byte) 7);
        return block;
    }

    @Test
    void zerosThatReserveSpaceOverwriteNoBlockThatComesMeanwhile() throws Exception {
        long length = 64L * MIB - 1;
        Callable<Void> zeros =
                () -> {
                    while (file.size() < length) {
                        file.addZeros(length);
                    }
                    return null;
                };
        Future<Void> reserved = other.submit(zeros);
        while (file.size() < MIB) {
            Thread.onSpinWait();
        }
        long at = length / 4 * 3;
        write(block(), at);
        reserved.get(20, TimeUnit.SECONDS);
        assertThat(read(BLOCK, at)).isEqualTo(block());
        assertThat(read(BLOCK, length - BLOCK)).isEqualTo(new byte[BLOCK]);
        assertThat(file.size()).isEqualTo(length);
    }

    @Test
    void growingOverwritesAndCutsNoBlockThatComesMeanwhile() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < 2_000; round++) {
            file.resize(0);
            Future<Void> grown =
                    other.submit(() -> {
                        together.await();
                        file.grow(BLOCK - 1);
                        return null;
                    });
            together.await();
            write(block(), 0);
            grown.get(20, TimeUnit.SECONDS);
            assertThat(read(BLOCK, 0)).as("round %d", round).isEqualTo(block());
        }
    }

    @Test
    void growsAndReservesInHoles() throws Exception {
        write(block(), 0);
        file.grow(3L * BLOCK);
        assertThat(file.size()).isEqualTo(3L * BLOCK);
        file.grow(2L * BLOCK);
        assertThat(file.size()).isEqualTo(3L * BLOCK);
        while (file.size() < 3L * MIB) {
            file.reserve(3L * MIB);
        }
        file.reserve(BLOCK);
        assertThat(file.size()).isEqualTo(3L * MIB);
        assertThat(read(BLOCK, 0)).isEqualTo(block());
        assertThat(read(BLOCK, BLOCK)).isEqualTo(new byte[BLOCK]);
    }
}
