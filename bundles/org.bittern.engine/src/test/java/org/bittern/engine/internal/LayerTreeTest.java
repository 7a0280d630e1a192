package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.MerkleTree;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers are given to check hashes of a piece layer by (BEP 52). */
@Timeout(30)
class LayerTreeTest {
    private static final int LEVEL = 3;

    /** Lengths around whole rows and powers of two. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 511, 512, 513, 1024, 1025, 1536, 5000})
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
