package org.bittern.simulation;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.TorrentStore.FileStat;

/** The bytes of one torrent on a simulated disk: as they are, and as they were synchronised. */
final class SimContent {
    private static final int BLOCK = PieceMap.BLOCK;

    private final Metainfo metainfo;
    private final PieceMap pieces;
    private final byte[] bytes;
    private final Map<Integer, byte[]> before = new TreeMap<>(); // blocks changed since the sync
    private FileStat[] stats;
    private FileStat[] syncedStats;
    private final BitSet written = new BitSet(); // blocks of the whole torrent

    SimContent(Metainfo metainfo) {
        this.metainfo = metainfo;
        pieces = metainfo.pieces();
        bytes = new byte[Math.toIntExact(pieces.totalLength())];
        stats = new FileStat[pieces.fileCount()];
        Arrays.fill(stats, new FileStat(false, 0, 0));
        syncedStats = stats.clone();
    }

    private int offset(int piece, int begin) {
        return piece * pieces.pieceLength() + begin;
    }

    void write(int piece, int begin, ByteBuffer data, long nowMillis) {
        int length = data.remaining();
        int at = offset(piece, begin);
        for (int block = at / BLOCK; block <= (at + length - 1) / BLOCK; block++) {
            before.putIfAbsent(block, old(block));
            written.set(block);
        }
        data.get(bytes, at, length);
        for (PieceMap.Span span : pieces.spans(piece, begin, length)) {
            FileStat old = stats[span.file()];
            long end = Math.max(span.fileOffset() + span.length(), old.lengthBytes());
            stats[span.file()] = new FileStat(true, end, nowMillis);
        }
    }

    /** Puts everything there at once, as if it had been there for long. */
    void fill(byte[] all) {
        for (int piece = 0; piece < pieces.pieceCount(); piece++) {
            int at = offset(piece, 0);
            write(piece, 0, ByteBuffer.wrap(all, at, pieces.lengthOf(piece)), 1);
        }
        sync();
    }

    void read(int piece, int begin, ByteBuffer target) {
        target.put(bytes, offset(piece, begin), target.remaining());
    }

    byte[] all() {
        return bytes;
    }

    long usedBytes() {
        return (long) written.cardinality() * BLOCK;
    }

    /** How many more bytes a write would take. */
    long growth(int piece, int begin) {
        return written.get(offset(piece, begin) / BLOCK) ? 0 : BLOCK;
    }

    List<FileStat> stats() {
        return List.of(stats);
    }

    /** Makes the files, empty. */
    void make(long nowMillis) {
        for (int file = 0; file < stats.length; file++) {
            if (!stats[file].exists()) {
                stats[file] = new FileStat(true, 0, nowMillis);
            }
        }
    }

    boolean isGood(int piece) {
        int at = offset(piece, 0);
        MessageDigest sha1 = digest("SHA-1");
        sha1.update(bytes, at, pieces.lengthOf(piece));
        return Arrays.equals(sha1.digest(), metainfo.pieceHash(piece));
    }

    List<byte[]> digests(int piece) {
        List<byte[]> digests = new ArrayList<>();
        MessageDigest sha1 = digest("SHA-1");
        for (int block = 0; block < pieces.blocksIn(piece); block++) {
            sha1.update(bytes, offset(piece, block * BLOCK), pieces.blockLength(piece, block));
            digests.add(sha1.digest());
        }
        return digests;
    }

    byte[] leaves(int piece) {
        MessageDigest sha256 = digest("SHA-256");
        int length = pieces.fileBytesIn(piece);
        ByteBuffer leaves = ByteBuffer.allocate((length + BLOCK - 1) / BLOCK * MerkleTree.HASH);
        for (int at = 0; at < length; at += BLOCK) {
            sha256.update(bytes, offset(piece, at), Math.min(BLOCK, length - at));
            leaves.put(sha256.digest());
        }
        return leaves.array();
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    void sync() {
        before.clear();
        syncedStats = stats.clone();
    }

    /** A block as it is; empty when it was never written. */
    private byte[] old(int block) {
        int at = block * BLOCK;
        return written.get(block)
                ? Arrays.copyOfRange(bytes, at, Math.min(at + BLOCK, bytes.length))
                : new byte[0];
    }

    /** The power was lost: each block that was not synchronised is there or not. */
    void forgetUnsynced(Random random) {
        before.forEach((block, old) -> {
            if (random.nextBoolean()) {
                int at = block * BLOCK;
                Arrays.fill(bytes, at, Math.min(at + BLOCK, bytes.length), (byte) 0);
                System.arraycopy(old, 0, bytes, at, old.length);
            }
        });
        before.clear();
        if (random.nextBoolean()) {
            stats = syncedStats.clone();
        }
        syncedStats = stats.clone();
    }
}
