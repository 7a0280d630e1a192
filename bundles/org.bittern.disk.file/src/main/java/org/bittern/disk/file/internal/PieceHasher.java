package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * Hashes one piece while its blocks come in: SHA-1 over the whole piece, which takes bytes in order
 * only (v1, BEP 3), and SHA-256 of each block, which takes blocks in any order (v2, BEP 52); both
 * for hybrid torrents. What did not come in a usable order is read back from the files at the end.
 * Owned by one disk thread at a time; not thread-safe.
 */
final class PieceHasher {
    private static final int BLOCK = PieceMap.BLOCK;

    private final Metainfo metainfo;
    private final int piece;
    private final int length;
    private final @Nullable V1 v1; // null: v2 only
    private final @Nullable V2 v2; // null: v1 only, or the piece layer is not known

    private static final class V1 {
        private final MessageDigest sha1 = Digests.sha1();
        private int cursor;
    }

    private static final class V2 {
        private final MessageDigest sha256 = Digests.sha256();
        private final byte[] expected;
        private final int bytes; // padding is not under this hash
        private final byte[] leaves;
        private final BitSet known = new BitSet();

        V2(byte[] expected, int bytes) {
            this.expected = expected;
            this.bytes = bytes;
            leaves = new byte[(bytes + BLOCK - 1) / BLOCK * MerkleTree.HASH];
        }

        int blockBytes(int block) {
            return Math.min(BLOCK, bytes - block * BLOCK);
        }
    }

    PieceHasher(Metainfo metainfo, int piece) {
        this.metainfo = metainfo;
        this.piece = piece;
        length = metainfo.pieces().lengthOf(piece);
        v1 = metainfo.hasV1() ? new V1() : null;
        Optional<byte[]> expected = metainfo.v2PieceHash(piece);
        v2 =
                expected.isPresent()
                        ? new V2(expected.get(), metainfo.pieces().fileBytesIn(piece))
                        : null;
    }

    /** False when nothing is known that the piece could be compared with. */
    boolean canJudge() {
        return v1 != null || v2 != null;
    }

    /** Where the next bytes for the SHA-1 begin; the length of the piece when there is no SHA-1. */
    int cursor() {
        return v1 == null ? length : v1.cursor;
    }

    /**
     * Takes bytes of the piece. Bytes that come again replace the former ones.
     *
     * @param data its remaining bytes; its position does not move
     */
    void feed(int begin, ByteBuffer data) {
        int bytes = Math.min(data.remaining(), length - begin);
        if (bytes <= 0) {
            return; // v2: padding after the end of the file
        }
        if (v1 != null) {
            feedV1(v1, begin, data.slice(data.position(), bytes));
        }
        if (v2 != null) {
            feedV2(v2, begin, data.slice(data.position(), bytes));
        }
    }

    private static void feedV1(V1 v1, int begin, ByteBuffer data) {
        if (begin < v1.cursor) {
            v1.sha1.reset();
            v1.cursor = 0;
        }
        if (begin == v1.cursor) {
            v1.cursor += data.remaining();
            v1.sha1.update(data);
        }
    }

    private static void feedV2(V2 v2, int begin, ByteBuffer data) {
        int end = Math.min(begin + data.remaining(), v2.bytes);
        for (int at = begin; at < end; ) {
            int block = at / BLOCK;
            int blockEnd = block * BLOCK + v2.blockBytes(block);
            int next = Math.min(end, blockEnd);
            if (at % BLOCK == 0 && next == blockEnd) {
                v2.sha256.update(data.slice(at - begin, next - at));
                byte[] hash = v2.sha256.digest();
                System.arraycopy(hash, 0, v2.leaves, block * MerkleTree.HASH, hash.length);
                v2.known.set(block);
            } else {
                v2.known.clear(block);
            }
            at = next;
        }
    }

    /** Forgets everything: what is in the files is not known. */
    void reset() {
        if (v1 != null) {
            v1.sha1.reset();
            v1.cursor = 0;
        }
        if (v2 != null) {
            v2.known.clear();
        }
    }

    /**
     * Reads what is missing and compares.
     *
     * @param scratch a multiple of 16384 bytes
     */
    boolean matches(PieceFiles files, ByteBuffer scratch) throws IOException {
        if (v1 != null) {
            while (v1.cursor < length) {
                readBack(files, v1.cursor, length, scratch);
            }
        }
        if (v2 != null) {
            int blocks = v2.leaves.length / MerkleTree.HASH;
            int block = v2.known.nextClearBit(0);
            while (block < blocks) {
                int nextKnown = v2.known.nextSetBit(block);
                int end = nextKnown < 0 ? v2.bytes : Math.min(v2.bytes, nextKnown * BLOCK);
                readBackV2(v2, files, block * BLOCK, end, scratch);
                block = v2.known.nextClearBit(block);
            }
        }
        boolean good = (v1 == null || matches(v1)) && (v2 == null || matches(v2));
        reset();
        return good;
    }

    private void readBack(PieceFiles files, int begin, int end, ByteBuffer scratch)
            throws IOException {
        // Back on the grid of blocks, so that the v2 hashes come along.
        int offGrid = begin % BLOCK;
        int most = offGrid == 0 ? scratch.capacity() : BLOCK - offGrid;
        scratch.clear().limit(Math.min(most, end - begin));
        files.read(piece, begin, scratch);
        feed(begin, scratch.flip());
    }

    private void readBackV2(V2 target, PieceFiles files, int begin, int end, ByteBuffer scratch)
            throws IOException {
        for (int at = begin; at < end; ) {
            scratch.clear().limit(Math.min(scratch.capacity(), end - at));
            files.read(piece, at, scratch);
            feedV2(target, at, scratch.flip());
            at += scratch.limit();
        }
    }

    private boolean matches(V1 all) {
        return Arrays.equals(all.sha1.digest(), metainfo.pieceHash(piece));
    }

    private boolean matches(V2 all) {
        PieceMap pieces = metainfo.pieces();
        boolean only = pieces.fileLength(pieces.fileAt(piece)) <= pieces.pieceLength();
        byte[] hash = MerkleTree.pieceHash(all.leaves, pieces.pieceLength(), only);
        return Arrays.equals(hash, all.expected);
    }
}
