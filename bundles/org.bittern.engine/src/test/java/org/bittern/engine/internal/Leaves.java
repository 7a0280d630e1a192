package org.bittern.engine.internal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bittern.metainfo.MerkleTree;

/** Hashes of blocks, made for tests from their bytes (BEP 52). */
final class Leaves {
    static final int BLOCK = 16_384;

    private Leaves() {}

    /** Of each block of some bytes of a file, one after the other. */
    static byte[] of(byte[] bytes) {
        int blocks = (bytes.length + BLOCK - 1) / BLOCK;
        ByteBuffer leaves = ByteBuffer.allocate(blocks * MerkleTree.HASH);
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (int at = 0; at < bytes.length; at += BLOCK) {
                sha256.update(bytes, at, Math.min(BLOCK, bytes.length - at));
                leaves.put(sha256.digest());
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        return leaves.array();
    }

    /** Of one piece of a file. */
    static byte[] of(byte[] file, int piece, int pieceLength) {
        int end = Math.min(file.length, (piece + 1) * pieceLength);
        return of(Arrays.copyOfRange(file, piece * pieceLength, end));
    }
}
