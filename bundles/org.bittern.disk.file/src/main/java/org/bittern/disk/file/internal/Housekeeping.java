package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.PieceMap.Span;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * What is done to whole files of a torrent. Bulk threads only, one call at a time; takes the
 * layout's write lock where names or places change.
 *
 * <p>Preallocation leaves out the last byte of a file: it comes with the last block, so that a
 * file's length alone never says that it is finished.
 */
final class Housekeeping {
    private static final FileStat NOTHING = new FileStat(false, 0, 0);

    private final FileLayout layout;
    private final PieceMap pieces;
    private final Volume volume;
    private final Preallocation preallocation;
    private final ThreadLocal<ByteBuffer> scratch;
    private boolean looked;
    private boolean begun;

    Housekeeping(FileLayout layout, Preallocation preallocation, ThreadLocal<ByteBuffer> scratch) {
        this.layout = layout;
        this.preallocation = preallocation;
        this.scratch = scratch;
        pieces = layout.pieces;
        volume = layout.volume;
    }

    /** Makes directories and empty files, reserves space. */
    List<FileStat> prepare() throws IOException {
        look();
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            volume.createDirectories(layout.directory());
            if (!begun) {
                layout.finishing.begin();
                begun = true;
            }
            for (FileSlot slot : layout.slots()) {
                if (slot.stored && slot.wanted) {
                    appear(slot);
                }
            }
            freeUnusedParts();
        } finally {
            lock.unlock();
        }
        // Not under the lock, since it may take long where zeros must be written.
        for (FileSlot slot : layout.slots()) {
            if (slot.stored && slot.wanted) {
                preallocate(slot);
            }
        }
        return stats();
    }

    /**
     * Finds out which files exist, so that pieces are read from where they are. Changes nothing on
     * disk.
     */
    void look() throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            layout.parts.load();
            for (FileSlot slot : layout.slots()) {
                if (slot.stored) {
                    layout.look(slot);
                    slot.holdsData |= slot.present && !looked;
                    slot.inPart = !slot.present && (!slot.wanted || hasParts(slot));
                }
            }
            looked = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasParts(FileSlot slot) {
        return slot.length > 0
                && Arrays.stream(layout.parts.pieces())
                        .anyMatch(piece -> reachesInto(piece, slot.index));
    }

    private boolean reachesInto(int piece, int file) {
        return piece >= pieces.firstPiece(file) && piece <= pieces.lastPiece(file);
    }

    private FileStat stat(FileSlot slot) throws IOException {
        Optional<Entry> entry = layout.entry(slot);
        return entry.isEmpty()
                ? NOTHING
                : new FileStat(true, entry.get().bytes(), entry.get().modifiedMillis());
    }

    private void make(FileSlot slot) throws IOException {
        OpenFile made = layout.openFiles.acquire(slot, true);
        layout.openFiles.release(made);
    }

    private void preallocate(FileSlot slot) throws IOException {
        long bytes = slot.length - 1;
        if (preallocation == Preallocation.NONE || bytes <= 0) {
            return;
        }
        OpenFile open = layout.openFiles.acquire(slot, true);
        try {
            if (open.file.size() >= bytes) {
                return;
            }
            if (preallocation == Preallocation.FULL) {
                open.file.reserve(bytes);
            } else {
                open.file.resize(bytes);
            }
            open.grownTo(bytes);
        } finally {
            layout.openFiles.release(open);
        }
    }

    /** What is there, without touching anything. */
    List<FileStat> stat() throws IOException {
        if (!looked) {
            look();
        }
        return stats();
    }

    private List<FileStat> stats() throws IOException {
        List<FileStat> stats = new ArrayList<>();
        Lock lock = layout.lock.readLock(); // files may be on their way to other names
        lock.lock();
        try {
            for (FileSlot slot : layout.slots()) {
                stats.add(slot.stored ? stat(slot) : NOTHING);
            }
        } finally {
            lock.unlock();
        }
        return stats;
    }

    /** Changes which files are wanted. */
    void priorities(List<Priority> priorities) throws IOException {
        Lock lock = layout.lock.writeLock();
        List<FileSlot> appeared = new ArrayList<>();
        lock.lock();
        try {
            for (FileSlot slot : layout.slots()) {
                boolean wanted = priorities.get(slot.index) != Priority.SKIP;
                if (slot.stored && wanted && !slot.wanted) {
                    appear(slot);
                    appeared.add(slot);
                } else if (slot.stored && !wanted && slot.wanted) {
                    disappear(slot);
                }
                slot.wanted = wanted;
            }
            freeUnusedParts();
        } finally {
            lock.unlock();
        }
        for (FileSlot slot : appeared) {
            preallocate(slot);
        }
    }

    /** Makes a place for a file that is wanted; brings its bytes from the part file. */
    private void appear(FileSlot slot) throws IOException {
        if (slot.present) {
            return;
        }
        layout.checkParents(layout.directory(), slot.path, true);
        if (slot.length == 0) {
            make(slot);
        }
        if (slot.inPart) {
            slot.unfinished = !layout.finishing.hasStrangeParts(slot);
            for (int piece : layout.parts.pieces()) {
                if (reachesInto(piece, slot.index)) {
                    copyFromParts(slot, piece);
                }
            }
            slot.inPart = false;
            layout.finishing.cutIfFinished(slot);
            layout.finishing.reveal(slot);
        }
    }

    private void freeUnusedParts() throws IOException {
        for (int piece : layout.parts.pieces()) {
            if (!reachesIntoParts(piece)) {
                layout.parts.free(piece);
            }
        }
    }

    private void copyFromParts(FileSlot slot, int piece) throws IOException {
        int begin = 0;
        for (Span span : pieces.spans(piece, 0, pieces.lengthOf(piece))) {
            if (span.file() == slot.index) {
                OpenFile target = layout.openFiles.acquire(slot, true);
                try {
                    copy(piece, begin, span, target);
                    slot.dirty = true;
                    slot.holdsData = true;
                } finally {
                    layout.openFiles.release(target);
                }
            }
            begin += span.length();
        }
    }

    private void copy(int piece, int begin, Span span, OpenFile target) throws IOException {
        ByteBuffer buffer = scratch.get();
        FileSlot slot = layout.slot(span.file());
        if (span.fileOffset() + span.length() == slot.length) {
            layout.finishing.lengthen(slot, target);
        }
        for (int done = 0; done < span.length(); ) {
            buffer.clear().limit(Math.min(buffer.capacity(), span.length() - done));
            int read = layout.parts.read(piece, begin + done, buffer);
            if (read < 0) {
                return; // never written up to here
            }
            writeAll(target, buffer.flip(), span.fileOffset() + done);
            done += read;
        }
    }

    static void writeAll(OpenFile target, ByteBuffer bytes, long position) throws IOException {
        ByteBuffer[] one = {bytes};
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            long at = position + bytes.position() - start;
            if (target.file.write(one, 0, 1, at) <= 0) {
                throw new IOException("the file takes no bytes");
            }
        }
        target.grownTo(position + bytes.limit() - start);
    }

    /** A file that is no longer wanted stays when it has data; a merely reserved one goes. */
    private void disappear(FileSlot slot) throws IOException {
        if (slot.present && !slot.holdsData) {
            layout.openFiles.retire(slot);
            if (layout.entry(slot).isPresent()) {
                volume.delete(layout.pathOf(slot));
            }
            slot.present = false;
            slot.dirty = false;
            slot.fresh = false;
            slot.unfinished = true;
            layout.pruneParents(layout.directory(), slot.path);
        }
        slot.inPart = !slot.present;
    }

    private boolean reachesIntoParts(int piece) {
        return pieces.spans(piece, 0, pieces.lengthOf(piece)).stream()
                .anyMatch(span -> !span.pad() && layout.slot(span.file()).inPart);
    }

    /** Makes what was written survive a loss of power. */
    void sync() throws IOException {
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            for (FileSlot slot : layout.slots()) {
                if (slot.present && (slot.dirty || slot.fresh)) {
                    sync(slot);
                }
            }
            layout.parts.force();
        } finally {
            lock.unlock();
        }
    }

    private void sync(FileSlot slot) throws IOException {
        boolean fresh = slot.fresh;
        slot.dirty = false;
        slot.fresh = false;
        try {
            OpenFile open = layout.openFiles.acquire(slot, true);
            try {
                open.file.force();
            } finally {
                layout.openFiles.release(open);
            }
            for (int depth = slot.path.size() - 1; fresh && depth >= 0; depth--) {
                volume.forceDirectory(
                        FileLayout.pathOf(layout.directory(), slot.path.subList(0, depth)));
            }
        } catch (IOException e) {
            slot.dirty = true;
            slot.fresh = fresh;
            throw e;
        }
    }

    /** Leaves a note for the next run and closes the handles. */
    void close() {
        layout.finishing.save();
        closeHandles();
    }

    private void closeHandles() {
        layout.slots().forEach(layout.openFiles::retire);
        layout.openFiles.retire(layout.parts);
    }

    /**
     * Deletes the files and the directories that are empty then. Goes on after a failure.
     *
     * @throws IOException the first failure
     */
    void delete() throws IOException {
        Optional<IOException> failure = Optional.empty();
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            closeHandles();
            layout.finishing.forget();
            for (FileSlot slot : layout.slots()) {
                try {
                    delete(slot);
                } catch (IOException e) {
                    failure = failure.or(() -> Optional.of(e));
                }
            }
            layout.parts.delete();
        } finally {
            lock.unlock();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void delete(FileSlot slot) throws IOException {
        if (!slot.stored) {
            return;
        }
        try {
            if (layout.entry(slot).isPresent()) {
                volume.delete(layout.pathOf(slot));
            }
        } catch (StrangeEntryException _) {
            return; // somebody put something else there; it is not ours
        }
        slot.present = false;
        layout.pruneParents(layout.directory(), slot.path);
    }
}
