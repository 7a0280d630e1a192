package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.DiskResult;

/**
 * Hashes of the blocks of a piece as they are in the files: to find out which of them are bad, and
 * to tell peers that want to know the same. Disk threads.
 */
final class BlockHashes {
    private final TorrentDisk disk;

    BlockHashes(TorrentDisk disk) {
        this.disk = disk;
    }

    /** SHA-1 of each block. */
    DiskResult<List<byte[]>> digests(int piece) {
        MessageDigest sha1 = Digests.sha1();
        List<byte[]> digests = new ArrayList<>();
        try {
            for (int at = 0; at < pieces().lengthOf(piece); at += PieceMap.BLOCK) {
                sha1.update(block(piece, at, pieces().lengthOf(piece)));
                digests.add(sha1.digest());
            }
        } catch (IOException e) {
            return Results.failed(e);
        }
        return new DiskResult.Ok<>(digests);
    }

    /** SHA-256 of each block, of the bytes of the file only (BEP 52), one after the other. */
    DiskResult<byte[]> leaves(int piece) {
        MessageDigest sha256 = Digests.sha256();
        int bytes = pieces().fileBytesIn(piece);
        int blocks = (bytes + PieceMap.BLOCK - 1) / PieceMap.BLOCK;
        ByteBuffer leaves = ByteBuffer.allocate(blocks * MerkleTree.HASH);
        try {
            for (int at = 0; at < bytes; at += PieceMap.BLOCK) {
                sha256.update(block(piece, at, bytes));
                leaves.put(sha256.digest());
            }
        } catch (IOException e) {
            return Results.failed(e);
        }
        return new DiskResult.Ok<>(leaves.array());
    }

    private PieceMap pieces() {
        return disk.layout().pieces;
    }

    private ByteBuffer block(int piece, int begin, int end) throws IOException {
        ByteBuffer block = disk.scratch().get();
        block.clear().limit(Math.min(PieceMap.BLOCK, end - begin));
        disk.files().read(piece, begin, block);
        return block.flip();
    }
}
