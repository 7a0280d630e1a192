package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.PieceMap.Span;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an unfinished file from looking complete. Its last byte may come long before others, and
 * must be in the file then, since the end of a video is often read first. So the file is made one
 * byte too long before its last byte is written, and is cut when all of its pieces are good, before
 * the verdict on the last of them is told.
 *
 * <p>Whether a piece is good is known from verdicts and checks of this run, and for files that an
 * earlier run began from the note that it left when it was closed. The note is valid once: it is
 * deleted when it is read. Without one (after a crash, say) nobody knows which pieces of a file
 * that exists are good; then it is cut at once and nothing is added any more: a finished file must
 * never keep the byte.
 *
 * <pre>
 * note: "BittUnfi" version(int) pieceCount(int) fileCount(int)
 *       good pieces, unfinished files: bits as in BitSet.toByteArray, whole bytes; crc32(int)
 * </pre>
 *
 * Disk threads only. The monitor guards the bits and makes adding and cutting exclude each other;
 * it is held during a system call of some microseconds, once or twice in the life of a file.
 */
final class Finishing {
    private static final long MAGIC = 0x4269_7474_556e_6669L;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 20;
    private static final int CRC_BYTES = 4;
    private static final Logger log = LoggerFactory.getLogger(Finishing.class);

    private final FileLayout layout;
    private final BitSet good = new BitSet();
    private @Nullable BitSet trusted; // null when nobody has told

    Finishing(FileLayout layout) {
        this.layout = layout;
    }

    /** Makes a file too long, if it is unfinished; before its last byte is written. */
    synchronized void lengthen(FileSlot slot, OpenFile open) throws IOException {
        if (slot.unfinished && open.file.size() <= slot.length) {
            open.file.resize(slot.length + 1);
            slot.written(slot.length, 1);
        }
    }

    /** Takes over what an earlier run found out. */
    synchronized void trust(Bitfield verified) {
        trusted = new BitSet();
        for (int piece = verified.nextSet(0); piece >= 0; piece = verified.nextSet(piece + 1)) {
            trusted.set(piece);
        }
        good.or(trusted);
    }

    /**
     * Notes the outcome for a piece; cuts the files that are finished by it.
     *
     * @return finished files whose names still say that they are not, see {@link #reveal}
     */
    synchronized List<FileSlot> judged(int piece, boolean isGood) throws IOException {
        good.set(piece, isGood);
        if (!isGood) {
            return List.of();
        }
        List<FileSlot> finished = new ArrayList<>(0);
        PieceMap pieces = layout.pieces;
        for (Span span : pieces.spans(piece, 0, pieces.lengthOf(piece))) {
            if (!span.pad()) {
                FileSlot slot = layout.slot(span.file());
                cutIfFinished(slot);
                if (slot.isPartial() && isGood(slot)) {
                    finished.add(slot);
                }
            }
        }
        return finished;
    }

    /**
     * Gives a finished file its name. Under the write lock.
     *
     * @throws FileAlreadyExistsException something else has that name
     */
    void reveal(FileSlot slot) throws IOException {
        if (!slot.isPartial() || slot.inPart || !isFinished(slot)) {
            return;
        }
        if (slot.present) {
            Path target = FileLayout.pathOf(layout.directory(), slot.path);
            if (layout.volume.entry(target).isPresent()) {
                throw new FileAlreadyExistsException(target.toString(), null, "exists already");
            }
            layout.openFiles.retire(slot);
            layout.volume.rename(layout.pathOf(slot), target);
            slot.fresh = true;
        }
        slot.suffix = "";
    }

    private synchronized boolean isFinished(FileSlot slot) {
        return isGood(slot);
    }

    /** Cuts a file if all of its pieces are good. */
    synchronized void cutIfFinished(FileSlot slot) throws IOException {
        if (slot.unfinished && isGood(slot)) {
            cut(slot);
            slot.unfinished = false;
        }
    }

    private boolean isGood(FileSlot slot) {
        int bad = good.nextClearBit(layout.pieces.firstPiece(slot.index));
        return bad > layout.pieces.lastPiece(slot.index);
    }

    private void cut(FileSlot slot) throws IOException {
        if (slot.inPart || !slot.present) {
            return;
        }
        OpenFile open = layout.openFiles.acquire(slot, true);
        try {
            if (open.file.size() > slot.length) {
                open.file.resize(slot.length);
            }
        } finally {
            layout.openFiles.release(open);
        }
    }

    /** Decides which files are unfinished, when a torrent is prepared first. */
    synchronized void begin() throws IOException {
        BitSet begun = load();
        if (trusted != null) {
            good.and(trusted); // of what the note says some may have been lost
        }
        for (FileSlot slot : layout.slots()) {
            if (!slot.stored || slot.length == 0) {
                continue;
            }
            reveal(slot);
            Optional<Entry> entry = layout.entry(slot);
            if (entry.isEmpty()) {
                slot.unfinished = !hasStrangeParts(slot);
            } else if (begun.get(slot.index) && entry.get().bytes() != slot.length) {
                slot.unfinished = true;
                cutIfFinished(slot);
            } else if (entry.get().bytes() == slot.length + 1) {
                cut(slot);
            }
        }
    }

    /** Whether the part file has a piece of the file of which we do not know whether it is good. */
    boolean hasStrangeParts(FileSlot slot) {
        for (int piece : layout.parts.pieces()) {
            if (piece >= layout.pieces.firstPiece(slot.index)
                    && piece <= layout.pieces.lastPiece(slot.index)
                    && !isGoodPiece(piece)) {
                return true;
            }
        }
        return false;
    }

    private synchronized boolean isGoodPiece(int piece) {
        return good.get(piece);
    }

    private Path path() {
        return layout.directory().resolve("." + layout.infoHash.hex() + ".unfinished");
    }

    /** Reads the note and deletes it; returns the unfinished files in it. */
    private BitSet load() throws IOException {
        Optional<Entry> entry = layout.volume.entry(path());
        if (entry.isEmpty() || entry.get().kind() != Kind.FILE) {
            return new BitSet();
        }
        ByteBuffer note = ByteBuffer.allocate(noteBytes());
        try (VolumeFile file = layout.volume.open(path(), Access.READ)) {
            int read = 0;
            while (note.hasRemaining() && read >= 0) {
                read = file.read(note, note.position());
            }
        }
        layout.volume.delete(path());
        BitSet files = parse(note.flip());
        return files == null ? new BitSet() : files;
    }

    private int noteBytes() {
        return HEADER_BYTES
                + bytesFor(layout.pieces.pieceCount())
                + bytesFor(layout.slots().size())
                + CRC_BYTES;
    }

    private static int bytesFor(int bits) {
        return (bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    private @Nullable BitSet parse(ByteBuffer note) {
        int pieceCount = layout.pieces.pieceCount();
        int fileCount = layout.slots().size();
        boolean ours =
                note.remaining() == noteBytes()
                        && note.getInt(noteBytes() - CRC_BYTES) == crc(note)
                        && note.getLong() == MAGIC
                        && note.getInt() == VERSION
                        && note.getInt() == pieceCount
                        && note.getInt() == fileCount;
        if (!ours) {
            return null;
        }
        good.or(BitSet.valueOf(note.slice(HEADER_BYTES, bytesFor(pieceCount))));
        return BitSet.valueOf(note.slice(HEADER_BYTES + bytesFor(pieceCount), bytesFor(fileCount)));
    }

    private int crc(ByteBuffer note) {
        CRC32 crc = new CRC32();
        crc.update(note.slice(0, noteBytes() - CRC_BYTES));
        return (int) crc.getValue();
    }

    /** Leaves a note for the next run, if there is an unfinished file with data. */
    synchronized void save() {
        List<FileSlot> begun = new ArrayList<>();
        for (FileSlot slot : layout.slots()) {
            if (slot.unfinished && slot.present && slot.holdsData) {
                begun.add(slot);
            }
        }
        if (begun.isEmpty()) {
            return;
        }
        BitSet files = new BitSet();
        begun.forEach(slot -> files.set(slot.index));
        ByteBuffer note = ByteBuffer.allocate(noteBytes());
        note.putLong(MAGIC).putInt(VERSION);
        note.putInt(layout.pieces.pieceCount()).putInt(layout.slots().size());
        note.put(good.toByteArray());
        note.position(HEADER_BYTES + bytesFor(layout.pieces.pieceCount()));
        note.put(files.toByteArray());
        note.putInt(noteBytes() - CRC_BYTES, crc(note)).clear();
        try (VolumeFile file = layout.volume.open(path(), Access.CREATE)) {
            file.resize(note.remaining());
            ByteBuffer[] one = {note};
            while (note.hasRemaining()) {
                if (file.write(one, 0, 1, note.position()) <= 0) {
                    throw new IOException("the file takes no bytes");
                }
            }
        } catch (IOException e) {
            log.debug("no note of unfinished files: {}", e.getMessage());
        }
    }

    /** Deletes the note. */
    void forget() {
        try {
            Optional<Entry> entry = layout.volume.entry(path());
            if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
                layout.volume.delete(path());
            }
        } catch (IOException e) {
            log.debug("a note of unfinished files stays: {}", e.getMessage());
        }
    }
}
