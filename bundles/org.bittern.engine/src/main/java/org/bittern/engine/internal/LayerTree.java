package org.bittern.engine.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bittern.metainfo.MerkleTree;

/**
 * The tree above the piece layer of one file, or above the blocks of one piece, as far as it takes
 * to prove any part of it at the price of a few hashes: strangers ask, and each answer would
 * otherwise cost the hashes of the whole layer (BEP 52). Immutable.
 */
final class LayerTree {
    /** Hashes of the longest row that is given out. */
    static final int ROW = 512;

    /** Hashes below the lowest nodes that are kept: they take a sixteenth of the layer. */
    private static final int SPAN = 32;

    private static final int SPAN_LEVELS = Integer.numberOfTrailingZeros(SPAN);

    private final ByteBuffer layer;
    private final int level;
    private final int count;
    private final List<byte[]> above = new ArrayList<>(); // from where a node has SPAN below

    /**
     * Computes what is kept.
     *
     * @param layer hashes of the pieces or blocks, one after the other; not copied
     * @param level of the layer in its tree
     */
    LayerTree(ByteBuffer layer, int level) {
        this.layer = layer.slice().asReadOnlyBuffer();
        this.level = level;
        count = layer.remaining() / MerkleTree.HASH;
        if (count > SPAN) {
            ByteBuffer roots = ByteBuffer.allocate((count + SPAN - 1) / SPAN * MerkleTree.HASH);
            for (int first = 0; first < count; first += SPAN) {
                roots.put(MerkleTree.root(row(first, SPAN), level));
            }
            byte[] current = roots.array();
            for (int up = level + SPAN_LEVELS; current.length > MerkleTree.HASH; up++) {
                above.add(current);
                current = MerkleTree.up(current, up, 1);
            }
        }
    }

    /** The least power of two that is not less. */
    static int powerOfTwo(int least) {
        return least <= 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
    }

    /** The exponent of a power of two. */
    static int log2(int power) {
        return Integer.numberOfTrailingZeros(power);
    }

    /** Hashes in the layer, without padding. */
    int count() {
        return count;
    }

    /**
     * Some hashes of the layer, with padding behind its end.
     *
     * @param first 0 to {@link #count}
     */
    byte[] row(int first, int width) {
        byte[] row = new byte[width * MerkleTree.HASH];
        int there = Math.min(width, count - first);
        layer.get(first * MerkleTree.HASH, row, 0, there * MerkleTree.HASH);
        byte[] pad = MerkleTree.padHash(level);
        for (int i = there; i < width; i++) {
            System.arraycopy(pad, 0, row, i * MerkleTree.HASH, MerkleTree.HASH);
        }
        return row;
    }

    /**
     * The uncles of a subtree up to the children of the root, see {@link MerkleTree#proof}.
     *
     * @param first a multiple of {@code width}, below {@link #count}
     * @param width a power of two, at most {@link #ROW}
     */
    List<byte[]> proof(int first, int width) {
        if (count <= SPAN) {
            return MerkleTree.proof(row(0, count), level, first, width);
        }
        int number = first / SPAN;
        List<byte[]> uncles = new ArrayList<>();
        if (width < SPAN) {
            byte[] around = row(number * SPAN, SPAN);
            uncles.addAll(MerkleTree.proof(around, level, first % SPAN, width));
        }
        for (int i = Math.max(0, log2(width) - SPAN_LEVELS); i < above.size(); i++) {
            int sibling = (number >> i ^ 1) * MerkleTree.HASH;
            byte[] nodes = above.get(i);
            byte[] uncle = MerkleTree.padHash(level + SPAN_LEVELS + i);
            if (sibling < nodes.length) {
                System.arraycopy(nodes, sibling, uncle, 0, MerkleTree.HASH);
            }
            uncles.add(uncle);
        }
        return uncles;
    }
}
