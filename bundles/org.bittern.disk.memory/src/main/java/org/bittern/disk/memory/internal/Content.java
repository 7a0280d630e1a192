package org.bittern.disk.memory.internal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.PieceMap.Span;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * The bytes of one torrent, in blocks of 16 KiB that are made when they are written first. Owned by
 * the store's thread; not thread-safe.
 */
final class Content {
    private static final int BLOCK = PieceMap.BLOCK;
    private static final byte[] PADDING = new byte[BLOCK];

    private final Metainfo metainfo;
    private final PieceMap pieces;
    private final AtomicLong room;
    private final Map<Long, byte[]> blocks = new HashMap<>();
    private final Map<Integer, FileStat> stats = new HashMap<>();

    /**
     * An empty torrent.
     *
     * @param room bytes that may still be stored, of all torrents
     */
    Content(Metainfo metainfo, AtomicLong room) {
        this.metainfo = metainfo;
        this.room = room;
        pieces = metainfo.pieces();
    }

    private static long key(int piece, int block) {
        return (long) piece << Integer.SIZE | block;
    }

    /**
     * Stores bytes.
     *
     * @return false, with nothing changed, when there is no room
     */
    boolean write(int piece, int begin, ByteBuffer data, long nowMillis) {
        int length = data.remaining();
        int first = begin / BLOCK;
        int last = (begin + length - 1) / BLOCK;
        List<Long> missing = new ArrayList<>();
        for (int block = first; block <= last; block++) {
            if (!blocks.containsKey(key(piece, block))) {
                missing.add(key(piece, block));
            }
        }
        long bytes = (long) missing.size() * BLOCK;
        if (room.addAndGet(-bytes) < 0) {
            room.addAndGet(bytes);
            return false;
        }
        missing.forEach(key -> blocks.put(key, new byte[BLOCK]));
        int at = begin;
        while (data.hasRemaining()) {
            int part = Math.min(data.remaining(), BLOCK - at % BLOCK);
            data.get(stored(piece, at / BLOCK).orElseThrow(), at % BLOCK, part);
            at += part;
        }
        blank(piece, begin, length);
        note(piece, begin, length, nowMillis);
        return true;
    }

    /** Padding is zeros, whatever was sent for it: files do not hold it either. */
    private void blank(int piece, int begin, int length) {
        int at = begin;
        for (Span span : pieces.spans(piece, begin, length)) {
            int end = at + span.length();
            while (at < end) {
                int part = Math.min(end - at, BLOCK - at % BLOCK);
                if (span.pad()) {
                    byte[] block = stored(piece, at / BLOCK).orElseThrow();
                    Arrays.fill(block, at % BLOCK, at % BLOCK + part, (byte) 0);
                }
                at += part;
            }
        }
    }

    private void note(int piece, int begin, int length, long nowMillis) {
        for (Span span : pieces.spans(piece, begin, length)) {
            if (!span.pad()) {
                long end = span.fileOffset() + span.length();
                FileStat old = stat(span.file());
                stats.put(
                        span.file(),
                        new FileStat(true, Math.max(end, old.lengthBytes()), nowMillis));
            }
        }
    }

    /** A block; zeros where there is nothing but padding, which peers need not send. */
    private Optional<byte[]> stored(int piece, int block) {
        byte[] bytes = blocks.get(key(piece, block));
        return bytes != null || !isPadding(piece, block)
                ? Optional.ofNullable(bytes)
                : Optional.of(PADDING);
    }

    private boolean isPadding(int piece, int block) {
        int begin = block * BLOCK;
        int length = Math.min(BLOCK, pieces.requestableLength(piece) - begin);
        return pieces.spans(piece, begin, length).stream().allMatch(Span::pad);
    }

    /** What was written of a file so far. */
    FileStat stat(int file) {
        FileStat none = new FileStat(false, 0, 0);
        return stats.getOrDefault(file, none);
    }

    /** Makes files exist that have no bytes. */
    void makeEmptyFiles(long nowMillis) {
        for (FileEntry file : metainfo.files()) {
            if (file.length() == 0 && !file.pad() && file.symlinkTarget().isEmpty()) {
                stats.putIfAbsent(file.index(), new FileStat(true, 0, nowMillis));
            }
        }
    }

    /**
     * Reads bytes.
     *
     * @return false when some of them were never written
     */
    boolean read(int piece, int begin, ByteBuffer target) {
        int at = begin;
        while (target.hasRemaining()) {
            int part = Math.min(target.remaining(), BLOCK - at % BLOCK);
            Optional<byte[]> block = stored(piece, at / BLOCK);
            if (block.isEmpty()) {
                return false;
            }
            target.put(block.get(), at % BLOCK, part);
            at += part;
        }
        return true;
    }

    /** SHA-1 of each block; empty when one was never written. */
    Optional<List<byte[]>> digests(int piece) {
        MessageDigest sha1 = digest("SHA-1");
        List<byte[]> digests = new ArrayList<>();
        for (int block = 0; block < pieces.blocksIn(piece); block++) {
            Optional<byte[]> bytes = stored(piece, block);
            if (bytes.isEmpty()) {
                return Optional.empty();
            }
            sha1.update(bytes.get(), 0, pieces.blockLength(piece, block));
            digests.add(sha1.digest());
        }
        return Optional.of(digests);
    }

    /**
     * SHA-256 of each block, of the bytes of the file only, one after the other (BEP 52); empty
     * when one was never written.
     */
    Optional<byte[]> leaves(int piece) {
        MessageDigest sha256 = digest("SHA-256");
        int bytes = pieces.fileBytesIn(piece);
        ByteBuffer leaves = ByteBuffer.allocate((bytes + BLOCK - 1) / BLOCK * MerkleTree.HASH);
        for (int at = 0; at < bytes; at += BLOCK) {
            Optional<byte[]> block = stored(piece, at / BLOCK);
            if (block.isEmpty()) {
                return Optional.empty();
            }
            sha256.update(block.get(), 0, Math.min(BLOCK, bytes - at));
            leaves.put(sha256.digest());
        }
        return Optional.of(leaves.array());
    }

    /** Whether something is known that a piece can be compared with. */
    boolean canJudge(int piece) {
        return metainfo.hasV1() || metainfo.v2PieceHash(piece).isPresent();
    }

    /** Whether a piece is what the torrent says. */
    boolean isGood(int piece) {
        for (int block = 0; block < pieces.blocksIn(piece); block++) {
            if (stored(piece, block).isEmpty()) {
                return false;
            }
        }
        Optional<byte[]> v2 = metainfo.v2PieceHash(piece);
        return (!metainfo.hasV1() || Arrays.equals(sha1(piece), metainfo.pieceHash(piece)))
                && (v2.isEmpty() || Arrays.equals(treeHash(piece), v2.get()));
    }

    private byte[] sha1(int piece) {
        MessageDigest sha1 = digest("SHA-1");
        for (int block = 0; block < pieces.blocksIn(piece); block++) {
            sha1.update(stored(piece, block).orElseThrow(), 0, pieces.blockLength(piece, block));
        }
        return sha1.digest();
    }

    private byte[] treeHash(int piece) {
        boolean only = pieces.fileLength(pieces.fileAt(piece)) <= pieces.pieceLength();
        return MerkleTree.pieceHash(leaves(piece).orElseThrow(), pieces.pieceLength(), only);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    /** Forgets all bytes. */
    void clear() {
        room.addAndGet((long) blocks.size() * BLOCK);
        blocks.clear();
        stats.clear();
    }
}
