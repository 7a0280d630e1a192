package org.bittern.engine.internal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.peer.PeerMessage;

/**
 * Which blocks of one bad v2 piece are bad: compares the hashes of what we have with those that a
 * peer tells, which the hash of the piece proves right (BEP 52). They are asked for in rows of up
 * to 512, each with the uncles that lead to the node of the piece. Owned by the torrent's loop.
 */
final class Inquest {
    private final int piece;
    private final byte[] root;
    private final byte[] expected; // hash of the piece
    private final int leaves; // below the node of the piece, padding included: a power of two
    private final int first; // number in the file of the first of them
    private final int width; // of a row
    private final byte[] told;
    private byte[] ours = {};
    private int row; // that is asked for next

    private Inquest(FileEntry file, byte[] root, PieceMap map, int piece, byte[] expected) {
        this.piece = piece;
        this.root = root;
        this.expected = expected;
        int blocks = blocks(map, piece);
        boolean only = file.length() <= map.pieceLength();
        leaves = only ? LayerTree.powerOfTwo(blocks) : map.pieceLength() / PieceMap.BLOCK;
        first = (piece - map.firstPiece(file.index())) * leaves;
        width = Math.min(LayerTree.ROW, leaves);
        told = new byte[blocks * MerkleTree.HASH];
    }

    /** Blocks that have bytes of the file. */
    private static int blocks(PieceMap map, int piece) {
        return (map.fileBytesIn(piece) + PieceMap.BLOCK - 1) / PieceMap.BLOCK;
    }

    /** Empty when there is no v2 hash to compare with. */
    static Optional<Inquest> of(Metainfo metainfo, int piece) {
        Optional<byte[]> expected = metainfo.v2PieceHash(piece);
        PieceMap map = metainfo.pieces();
        FileEntry file = metainfo.files().get(map.fileAt(piece));
        return expected.flatMap(
                hash -> file.piecesRoot().map(root -> new Inquest(file, root, map, piece, hash)));
    }

    int piece() {
        return piece;
    }

    /**
     * Takes the hashes of the blocks as they are in the files.
     *
     * @param blockLeaves 32 bytes per block with bytes of the file
     * @return true when the piece is what its v2 hash says
     */
    boolean isGood(byte[] blockLeaves) {
        ours = blockLeaves;
        byte[] all = Arrays.copyOf(blockLeaves, leaves * MerkleTree.HASH); // no block: all zeros
        return Arrays.equals(MerkleTree.root(all, 0), expected);
    }

    // ---- asking

    /** What is to be asked of a peer next. */
    PeerMessage.HashRequest question() {
        return new PeerMessage.HashRequest(root, 0, first + row * width, width, proofLayers());
    }

    /** Layers from the blocks up to that below the piece; none when the row is all of the piece. */
    private int proofLayers() {
        return uncles() == 0 ? 0 : LayerTree.log2(leaves) - 1;
    }

    private int uncles() {
        return LayerTree.log2(leaves) - LayerTree.log2(width);
    }

    /** Whether a message speaks of what is asked for. */
    boolean asks(byte[] piecesRoot, int baseLayer, int index, int length) {
        return baseLayer == 0
                && index == first + row * width
                && length == width
                && Arrays.equals(root, piecesRoot);
    }

    /**
     * Takes what a peer answered.
     *
     * @return false when it is not true
     */
    boolean take(List<byte[]> hashes) {
        if (hashes.size() != width + uncles()) {
            return false;
        }
        byte[] joined = new byte[width * MerkleTree.HASH];
        for (int i = 0; i < width; i++) {
            System.arraycopy(hashes.get(i), 0, joined, i * MerkleTree.HASH, MerkleTree.HASH);
        }
        List<byte[]> proof = hashes.subList(width, hashes.size());
        if (!MerkleTree.verify(joined, 0, row * width, proof, expected)) {
            return false;
        }
        int begin = row * joined.length;
        System.arraycopy(joined, 0, told, begin, Math.min(joined.length, told.length - begin));
        row++;
        return true;
    }

    /** Whether all hashes have come. */
    boolean isOver() {
        return row * width * MerkleTree.HASH >= told.length;
    }

    /** Numbers of the blocks that are bad, once it is over. */
    BitSet bad() {
        BitSet bad = new BitSet();
        for (int at = 0; at < told.length; at += MerkleTree.HASH) {
            int end = at + MerkleTree.HASH;
            bad.set(at / MerkleTree.HASH, !Arrays.equals(told, at, end, ours, at, end));
        }
        return bad;
    }
}
