package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.MerkleTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers are given to check hashes of a piece layer by (BEP 52). */
@Timeout(30)
class LayerTreeTest {
    private static final int LEVEL = 3;

    /** Lengths around whole rows and powers of two. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 31, 32, 33, 64, 65, 300, 511, 512, 513, 1024, 1025, 1536, 5000})
    void provesWhatTheWholeLayerProves(int count) {
        byte[] layer = new byte[count * MerkleTree.HASH];
        new Random(count).nextBytes(layer);
        byte[] root = MerkleTree.root(layer, LEVEL);
        LayerTree tree = new LayerTree(ByteBuffer.wrap(layer), LEVEL);
        assertThat(tree.count()).isEqualTo(count);
        int widest = Math.min(LayerTree.ROW, Integer.highestOneBit(2 * count - 1));
        for (int width = 1; width <= widest; width *= 2) {
            for (int first : List.of(0, count / 2 / width * width, (count - 1) / width * width)) {
                List<byte[]> uncles = tree.proof(first, width);
                assertThat(uncles)
                        .as("%d + %d of %d", first, width, count)
                        .containsExactlyElementsOf(MerkleTree.proof(layer, LEVEL, first, width));
                assertThat(MerkleTree.verify(tree.row(first, width), LEVEL, first, uncles, root))
                        .isTrue();
            }
        }
    }

    /** Time of the processor, not of the clock: others may use the machine, too. */
    @Test
    void aProofCostsAFractionOfTheRow() {
        byte[] layer = new byte[LayerTree.ROW * MerkleTree.HASH];
        LayerTree tree = new LayerTree(ByteBuffer.wrap(layer), LEVEL);
        long row = 0;
        long proofs = 0;
        for (int i = 0; i < 1000; i++) { // in turn, so that both are compiled by and by
            int piece = i % LayerTree.ROW;
            row += nanosOf(() -> MerkleTree.root(layer, LEVEL));
            proofs += nanosOf(() -> tree.proof(piece, 1));
            proofs += nanosOf(() -> tree.proof(0, LayerTree.ROW));
        }
        assertThat(proofs).isLessThan(row / 2);
    }

    private static long nanosOf(Runnable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        work.run();
        return threads.getCurrentThreadCpuTime() - before;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 513})
    void padsWhatIsBehindTheEnd(int count) {
        byte[] layer = new byte[count * MerkleTree.HASH];
        new Random(count).nextBytes(layer);
        byte[] row = new LayerTree(ByteBuffer.wrap(layer), LEVEL).row(count - 1, 2);
        assertThat(Arrays.copyOf(row, MerkleTree.HASH))
                .isEqualTo(Arrays.copyOfRange(layer, layer.length - MerkleTree.HASH, layer.length));
        assertThat(Arrays.copyOfRange(row, MerkleTree.HASH, row.length))
                .isEqualTo(MerkleTree.padHash(LEVEL));
    }
}
