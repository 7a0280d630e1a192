package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to whole files of a torrent. Bulk threads only, one call at a time; takes the
 * layout's write lock where names or places change.
 *
 * <p>Preallocation leaves out the last byte of a file: it comes with the last block, so that a
 * file's length alone never says that it is finished.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final FileStat NOTHING = new FileStat(false, 0, 0);

    private final FileLayout layout;
    private final Volume volume;
    private final Preallocation preallocation;
    private final Wishes wishes;
    private volatile boolean looked; // written under the write lock
    private boolean begun;

    Housekeeping(FileLayout layout, Preallocation preallocation, ThreadLocal<ByteBuffer> scratch) {
        this.layout = layout;
        this.preallocation = preallocation;
        wishes = new Wishes(layout, scratch);
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
                wishes.cleanUp();
                begun = true;
            }
            for (FileSlot slot : layout.slots()) {
                if (slot.stored && slot.wanted) {
                    wishes.appear(slot);
                }
            }
            wishes.freeUnusedParts();
        } finally {
            lock.unlock();
        }
        // Not under this lock, since it may take long where zeros must be written.
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
                    slot.inPart = !slot.present && (!slot.wanted || wishes.hasParts(slot));
                }
            }
            looked = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #look()}, for a check: a file that was deleted, or took the place of another, is
     * seen through its name only, not through a handle of before.
     */
    void lookForCheck() throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            layout.slots().forEach(layout.openFiles::retire);
            look();
        } finally {
            lock.unlock();
        }
    }

    private FileStat stat(FileSlot slot) throws IOException {
        Optional<Entry> entry = layout.entry(slot);
        return entry.isEmpty()
                ? NOTHING
                : new FileStat(true, entry.get().bytes(), entry.get().modifiedMillis());
    }

    private void preallocate(FileSlot slot) throws IOException {
        long bytes = slot.length - 1;
        boolean enough = preallocation == Preallocation.NONE || bytes <= 0;
        while (!enough) {
            enough = preallocate(slot, bytes);
        }
    }

    /**
     * One step, so that nobody waits for long who wants to change names or places. Under the read
     * lock: blocks are written through the same handle then, which knows how long the file is.
     *
     * @return whether the file is that long
     */
    private boolean preallocate(FileSlot slot, long bytes) throws IOException {
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            Optional<Entry> entry = layout.entry(slot);
            if (entry.isPresent() && entry.get().bytes() >= bytes) {
                return true; // perhaps a complete one, which we may only read
            }
            OpenFile open = layout.openFiles.acquire(slot, true);
            try {
                if (preallocation == Preallocation.FULL) {
                    open.file.reserve(bytes);
                } else {
                    open.file.grow(bytes);
                }
                long size = open.file.size();
                open.grownTo(Math.min(size, bytes));
                return size >= bytes;
            } finally {
                layout.openFiles.release(open);
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #look()}, if that was never done. Also on threads of moves, beside other calls. */
    void lookOnce() throws IOException {
        if (looked) {
            return;
        }
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            if (!looked) {
                look();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What was seen is void. */
    void lookAnew() {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            looked = false;
        } finally {
            lock.unlock();
        }
    }

    /** Finds out what there is to move, and leaves nothing of ours behind. On threads of moves. */
    void beforeMove() throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            lookOnce(); // unfinished files have names of their own
            if (!begun) {
                wishes.cleanUp();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is there, without touching anything. */
    List<FileStat> stat() throws IOException {
        lookOnce();
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
                    wishes.appear(slot);
                    appeared.add(slot);
                } else if (slot.stored && !wanted && slot.wanted) {
                    wishes.disappear(slot);
                }
                slot.wanted = wanted;
            }
            wishes.freeUnusedParts();
        } finally {
            lock.unlock();
        }
        for (FileSlot slot : appeared) {
            preallocate(slot);
        }
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
        boolean dirty = slot.dirty;
        slot.dirty = false;
        slot.fresh = false;
        try {
            // One that only has a new name may be one that we must not write.
            OpenFile open = layout.openFiles.acquire(slot, dirty);
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
            if (dirty) {
                slot.dirty = true;
            }
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
            loadParts();
            wishes.cleanUp();
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

    private void loadParts() {
        try {
            layout.parts.load();
        } catch (IOException e) {
            log.debug("the part file is deleted unread: {}", e.getMessage());
        }
    }

    private void delete(FileSlot slot) throws IOException {
        if (!slot.stored) {
            return;
        }
        try {
            if (!looked) {
                layout.look(slot); // its name may be that of an unfinished file
            }
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
