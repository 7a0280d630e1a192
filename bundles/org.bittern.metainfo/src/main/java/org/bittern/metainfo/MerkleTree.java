package org.bittern.metainfo;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * The hash trees of BEP 52. Each file has a binary tree of SHA-256 hashes of its own. Leaves are
 * the hashes of its blocks of 16 KiB; the number of leaves is filled up to a power of two with
 * hashes of all zero bits (not: hashes of zeros), and so a missing node on level n has a fixed
 * hash, {@link #padHash}. The "piece layer" is the level where a node spans one piece. All hashes
 * are 32 bytes; a row of them is one array. Pure functions; any thread.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0052.html">BEP 52</a>
 */
public final class MerkleTree {
    /** Bytes of a hash. */
    public static final int HASH = 32;

    private static final int MAX_LEVEL = 48;
    private static final byte[][] PADS = pads();

    private MerkleTree() {}

    private static byte[][] pads() {
        byte[][] pads = new byte[MAX_LEVEL + 1][];
        pads[0] = new byte[HASH];
        MessageDigest sha256 = Digests.sha256();
        for (int level = 1; level <= MAX_LEVEL; level++) {
            sha256.update(pads[level - 1]);
            pads[level] = sha256.digest(pads[level - 1]);
        }
        return pads;
    }

    /**
     * The hash of a node that has no block below it.
     *
     * @param level 0 for leaves, 48 at most
     */
    public static byte[] padHash(int level) {
        return PADS[level].clone();
    }

    /** The level of the piece layer: 0 for pieces of one block, 1 for two. */
    public static int pieceLevel(int pieceLength) {
        return Integer.numberOfTrailingZeros(pieceLength / PieceMap.BLOCK);
    }

    /**
     * The root above a row of hashes.
     *
     * @param row one hash or more, one after the other; filled up to a power of two
     * @param level the row's level, 0 for the hashes of blocks
     */
    public static byte[] root(byte[] row, int level) {
        return up(row, level, log2Ceil(count(row)));
    }

    /**
     * The row some levels above a row of hashes. Nodes that cover no hash of the row are left out.
     *
     * @param row one hash or more, the first of which is the left-most of its level
     * @param level the row's level, 0 for the hashes of blocks
     * @param levels how far to go up, 0 or more
     */
    public static byte[] up(byte[] row, int level, int levels) {
        byte[] current = row.clone();
        int length = count(row);
        MessageDigest sha256 = Digests.sha256();
        for (int i = 0; i < levels; i++) {
            int parents = (length + 1) / 2;
            for (int p = 0; p < parents; p++) {
                sha256.update(current, 2 * p * HASH, HASH);
                if (2 * p + 1 < length) {
                    sha256.update(current, (2 * p + 1) * HASH, HASH);
                } else {
                    sha256.update(PADS[level + i]);
                }
                System.arraycopy(sha256.digest(), 0, current, p * HASH, HASH);
            }
            length = parents;
        }
        return Arrays.copyOf(current, length * HASH);
    }

    /**
     * The hash of one piece from the hashes of its blocks: the root over as many leaves as a whole
     * piece has, or, if the file is not longer than a piece, as the file needs.
     *
     * @param blocks hashes of the blocks of the piece, as many as there are
     * @param pieceLength a power of two, at least 16384
     * @param onlyPiece whether the piece is all of its file
     */
    public static byte[] pieceHash(byte[] blocks, int pieceLength, boolean onlyPiece) {
        return onlyPiece ? root(blocks, 0) : up(blocks, 0, pieceLevel(pieceLength));
    }

    /** Whether {@code layer}, the hashes of a file's pieces, has {@code root} above it. */
    public static boolean isLayerOf(byte[] layer, int pieceLength, byte[] root) {
        return layer.length > 0
                && layer.length % HASH == 0
                && MessageDigest.isEqual(root(layer, pieceLevel(pieceLength)), root);
    }

    /**
     * The uncle hashes that lead from a subtree to the root (BEP 52, "hashes" message).
     *
     * @param row all hashes of one level of the tree; those missing to a power of two are padding
     * @param level the row's level, 0 for the hashes of blocks
     * @param first index in the row of the subtree's first hash, a multiple of {@code width}
     * @param width hashes of the row under the subtree, a power of two
     * @return the sibling of the subtree, then of its parent, up to the children of the root
     */
    public static List<byte[]> proof(byte[] row, int level, int first, int width) {
        int depth = log2Ceil(count(row));
        int step = log2Ceil(width);
        if (first < 0
                || width < 1
                || Integer.bitCount(width) != 1
                || first % width != 0
                || first >= count(row)) {
            throw new IllegalArgumentException(
                    "subtree %d+%d of %d hashes".formatted(first, width, count(row)));
        }
        byte[][] uncles = new byte[Math.max(0, depth - step)][];
        byte[] current = up(row, level, step);
        int index = first >> step;
        for (int i = 0; i < uncles.length; i++) {
            int sibling = index ^ 1;
            int from = sibling * HASH;
            uncles[i] =
                    from < current.length
                            ? Arrays.copyOfRange(current, from, from + HASH)
                            : padHash(level + step + i);
            current = up(current, level + step + i, 1);
            index >>= 1;
        }
        return List.of(uncles);
    }

    /**
     * Whether a row of hashes is part of the tree below {@code root}.
     *
     * @param hashes a power of two of hashes of one level, padding included
     * @param level their level, 0 for the hashes of blocks
     * @param first index of the first of them in their level, a multiple of their number
     * @param uncles as {@link #proof} gives them
     */
    public static boolean verify(
            byte[] hashes, int level, int first, List<byte[]> uncles, byte[] root) {
        int width = count(hashes);
        if (Integer.bitCount(width) != 1
                || first < 0
                || first % width != 0
                || uncles.size() > MAX_LEVEL) {
            return false;
        }
        int index = first / width;
        if (uncles.size() < Integer.SIZE && index >> uncles.size() != 0) {
            return false;
        }
        MessageDigest sha256 = Digests.sha256();
        byte[] node = root(hashes, level);
        for (byte[] uncle : uncles) {
            if (uncle.length != HASH) {
                return false;
            }
            sha256.update((index & 1) == 0 ? node : uncle);
            node = sha256.digest((index & 1) == 0 ? uncle : node);
            index >>= 1;
        }
        return MessageDigest.isEqual(node, root);
    }

    private static int count(byte[] row) {
        if (row.length == 0 || row.length % HASH != 0) {
            throw new IllegalArgumentException(
                    "row of " + row.length + " bytes; a multiple of 32 is expected");
        }
        return row.length / HASH;
    }

    /** The least n with {@code 2^n >= count}. */
    static int log2Ceil(int count) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
    }
}
