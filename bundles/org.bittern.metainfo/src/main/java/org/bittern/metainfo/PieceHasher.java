package org.bittern.metainfo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;

/**
 * Hashes a content while its bytes stream by: SHA-1 of pieces across files (v1), and for each file
 * a tree of SHA-256 of its blocks (v2). It keeps hashes only, never content. Owned by one thread.
 */
public final class PieceHasher {
    private static final int ZEROS = 4096;

    private final TorrentPlan plan;
    private final MessageDigest sha1 = Digests.sha1();
    private final MessageDigest sha256 = Digests.sha256();
    private final ByteBuffer zeros = ByteBuffer.allocate(ZEROS);

    private final ByteArrayOutputStream v1 = new ByteArrayOutputStream();
    private int inPiece; // v1 bytes since the last piece was complete

    private final List<BString> roots = new ArrayList<>();
    private final Map<BString, BString> layers = new HashMap<>();
    private final ByteArrayOutputStream layer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    private int inBlock; // v2 bytes since the last block was complete

    private int file;
    private long inFile;

    /** A hasher for the files of {@code plan}, from the first byte of the first. */
    public PieceHasher(TorrentPlan plan) {
        this.plan = plan;
        skipEmptyFiles();
    }

    /**
     * Number of the file in the plan whose bytes come next; the number of files when all are in.
     */
    public int file() {
        return file;
    }

    /** Bytes that the file {@link #file()} still needs; 0 when all are in. */
    public long remainingInFile() {
        return file == plan.files().size() ? 0 : plan.files().get(file).length() - inFile;
    }

    /**
     * Takes in the next bytes of the content; they may end one file and begin the next.
     *
     * @param data all its remaining bytes are read
     * @throws IllegalStateException if these are more bytes than the plan has
     */
    public void update(ByteBuffer data) {
        while (data.hasRemaining()) {
            if (file == plan.files().size()) {
                throw new IllegalStateException(
                        "content is longer than the planned " + plan.totalLength() + " bytes");
            }
            int length = (int) Math.min(data.remaining(), remainingInFile());
            ByteBuffer part = data.slice(data.position(), length);
            data.position(data.position() + length);
            if (plan.version().hasV1()) {
                updateV1(part.duplicate());
            }
            if (plan.version().hasV2()) {
                updateV2(part);
            }
            inFile += length;
            if (remainingInFile() == 0) {
                endFile();
                skipEmptyFiles();
            }
        }
    }

    /**
     * The hashes of the whole content.
     *
     * @throws IllegalStateException if bytes are missing
     */
    public PieceHashes finish() {
        if (file < plan.files().size()) {
            throw new IllegalStateException(
                    "%d bytes of file %d are missing".formatted(remainingInFile(), file));
        }
        if (inPiece > 0) {
            endPieceV1();
        }
        return new PieceHashes(new BString(v1.toByteArray()), roots, layers);
    }

    private void updateV1(ByteBuffer data) {
        while (data.hasRemaining()) {
            int length = Math.min(data.remaining(), plan.pieceLength() - inPiece);
            sha1.update(data.slice(data.position(), length));
            data.position(data.position() + length);
            inPiece += length;
            if (inPiece == plan.pieceLength()) {
                endPieceV1();
            }
        }
    }

    private void endPieceV1() {
        v1.writeBytes(sha1.digest());
        inPiece = 0;
    }

    private void updateV2(ByteBuffer data) {
        while (data.hasRemaining()) {
            int length = Math.min(data.remaining(), PieceMap.BLOCK - inBlock);
            sha256.update(data.slice(data.position(), length));
            data.position(data.position() + length);
            inBlock += length;
            if (inBlock == PieceMap.BLOCK) {
                endBlock();
            }
        }
    }

    private void endBlock() {
        blocks.writeBytes(sha256.digest());
        inBlock = 0;
        boolean onlyPiece = plan.files().get(file).length() <= plan.pieceLength();
        if (!onlyPiece && blocks.size() == plan.pieceLength() / PieceMap.BLOCK * MerkleTree.HASH) {
            endPieceV2();
        }
    }

    private void endPieceV2() {
        layer.writeBytes(MerkleTree.pieceHash(blocks.toByteArray(), plan.pieceLength(), false));
        blocks.reset();
    }

    private void endFile() {
        if (plan.version().hasV2()) {
            endTree();
        }
        if (plan.version().hasV1()) {
            for (int pad = plan.padAfter(file); pad > 0; pad -= Math.min(pad, ZEROS)) {
                updateV1(zeros.clear().limit(Math.min(pad, ZEROS)));
            }
        }
        file++;
        inFile = 0;
    }

    private void endTree() {
        if (inBlock > 0) {
            endBlock();
        }
        if (plan.files().get(file).length() <= plan.pieceLength()) {
            roots.add(new BString(MerkleTree.root(blocks.toByteArray(), 0)));
            blocks.reset();
            return;
        }
        if (blocks.size() > 0) {
            endPieceV2();
        }
        byte[] hashes = layer.toByteArray();
        BString root =
                new BString(MerkleTree.root(hashes, MerkleTree.pieceLevel(plan.pieceLength())));
        roots.add(root);
        layers.put(root, new BString(hashes));
        layer.reset();
    }

    private void skipEmptyFiles() {
        while (file < plan.files().size() && plan.files().get(file).length() == 0) {
            if (plan.version().hasV2()) {
                roots.add(BString.EMPTY);
            }
            file++;
        }
    }
}
