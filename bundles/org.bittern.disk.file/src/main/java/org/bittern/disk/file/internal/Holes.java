package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.metainfo.Metainfo;

/**
 * Recognises pieces of a check that are nothing but zeros, as in the holes of a file that was only
 * reserved: comparing memory is several times as fast as hashing it. Only for torrents with SHA-1
 * hashes. Thread-safe; disk threads.
 */
final class Holes {
    /** A piece whose first bytes are not zero costs no more than reading these. */
    private static final int PROBE_BYTES = 512;

    private final Metainfo metainfo;
    private final PieceFiles files;
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(FileStores.SCRATCH_BYTES);

    /** SHA-1 of so many zeros; pieces have two lengths at most. */
    private final Map<Integer, byte[]> hashes = new ConcurrentHashMap<>();

    Holes(Metainfo metainfo, PieceFiles files) {
        this.metainfo = metainfo;
        this.files = files;
    }

    /**
     * Whether a piece is all zeros and should not be; false also says that somebody has to hash it.
     *
     * @throws IOException a file is missing or too short, or cannot be read
     */
    boolean isBadHole(int piece, ByteBuffer scratch) throws IOException {
        int length = metainfo.pieces().lengthOf(piece);
        if (!metainfo.hasV1() || !isZero(piece, 0, Math.min(PROBE_BYTES, length), scratch)) {
            return false;
        }
        for (int at = 0; at < length; at += scratch.capacity()) {
            if (!isZero(piece, at, Math.min(scratch.capacity(), length - at), scratch)) {
                return false;
            }
        }
        byte[] hash = hashes.computeIfAbsent(length, this::hash);
        return !Arrays.equals(hash, metainfo.pieceHash(piece));
    }

    private boolean isZero(int piece, int begin, int length, ByteBuffer scratch)
            throws IOException {
        scratch.clear().limit(length);
        files.read(piece, begin, scratch);
        return scratch.flip().mismatch(zeros.slice(0, length)) < 0;
    }

    private byte[] hash(int length) {
        MessageDigest sha1 = Digests.sha1();
        for (int at = 0; at < length; at += zeros.capacity()) {
            sha1.update(zeros.slice(0, Math.min(zeros.capacity(), length - at)));
        }
        return sha1.digest();
    }
}
