package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import org.bittern.disk.file.internal.FileSlot.Range;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One move across file systems. Files are copied under temporary names while blocks go on being
 * read and written at the old place. What is written meanwhile is noted and copied again, in
 * rounds, until little is left; that is done while no block is written, then all is made to survive
 * a loss of power, the copies get their names, and the old files are deleted last. Until the copies
 * have their names a failure or a crash leaves the old place as it was. Threads of moves only, used
 * once.
 */
final class Copying {
    /** What may be left to be copied while writers wait. */
    private static final long LITTLE_BYTES = 8L << 20;

    private static final int MOST_ROUNDS = 8;
    private static final String SUFFIX = ".moving";
    private static final Logger log = LoggerFactory.getLogger(Copying.class);

    private final FileLayout layout;
    private final Volume volume;
    private final ThreadLocal<ByteBuffer> scratch;
    private final Path target;
    private final MoveTicket ticket;
    private final List<Copy> copies = new ArrayList<>();
    private final List<Path> old = new ArrayList<>();

    private record Copy(Place place, Path temporary, OpenFile file) {}

    Copying(FileLayout layout, ThreadLocal<ByteBuffer> scratch, Path target, MoveTicket ticket) {
        this.layout = layout;
        this.scratch = scratch;
        this.target = target;
        this.ticket = ticket;
        volume = layout.volume;
    }

    /** The name of a copy that is not complete: not in its folder, which may be renamed. */
    static Path temporary(FileLayout layout, Path target, FileSlot slot) {
        return target.resolve(".%s-%d%s".formatted(layout.infoHash.hex(), slot.index, SUFFIX));
    }

    /** The name of an incomplete copy of the part file. */
    static Path temporary(Path parts) {
        return parts.resolveSibling(parts.getFileName() + SUFFIX);
    }

    void run() throws IOException {
        RenameSteps named = new RenameSteps(volume);
        try {
            for (FileSlot slot : layout.slots()) {
                if (slot.stored) {
                    ticket.expect(layout.entry(slot).map(Entry::bytes).orElse(0L));
                }
            }
            for (int round = 0; round < MOST_ROUNDS; round++) {
                startCopies(); // files that were made meanwhile
                if (catchUp() <= LITTLE_BYTES) {
                    break;
                }
            }
            force();
            switchOver(named);
        } catch (IOException e) {
            boolean all = named.undo();
            copies.forEach(copy -> layout.deleteQuietly(copy.temporary));
            layout.prune(target);
            if (!all) {
                throw new Relocation.UndoFailedException(e);
            }
            throw e;
        } finally {
            copies.forEach(copy -> close(copy.file));
            layout.slots().forEach(slot -> slot.copyJournal = null);
        }
        old.forEach(layout::deleteQuietly);
    }

    private void startCopies() throws IOException {
        for (FileSlot slot : layout.slots()) {
            boolean known = slot.copyJournal != null;
            if (slot.stored && !known && layout.entry(slot).isPresent()) {
                slot.copyJournal = new ConcurrentLinkedQueue<>();
                var _ = layout.entry(target, slot.path); // fails early where no folder can be
                Path temporary = temporary(layout, target, slot);
                OpenFile file = create(slot, temporary);
                copies.add(new Copy(slot, temporary, file));
                OpenFile source = source(slot);
                try {
                    copy(source, file, new Range(0, source.file.size()));
                } finally {
                    layout.openFiles.release(source);
                }
            }
        }
    }

    /** Opens a file that may get another name at this moment. */
    private OpenFile source(Place place) throws IOException {
        Lock lock = layout.lock.readLock();
        lock.lock();
        try {
            return layout.openFiles.acquire(place, false);
        } finally {
            lock.unlock();
        }
    }

    private OpenFile create(Place place, Path temporary) throws IOException {
        layout.deleteQuietly(temporary); // left behind by a crash
        return new OpenFile(place, volume.open(temporary, Access.CREATE), true, 0);
    }

    /** Copies a range; zeros after the target's end become a hole. */
    private void copy(OpenFile source, OpenFile copy, Range range) throws IOException {
        ByteBuffer buffer = scratch.get();
        long end = range.position() + range.length();
        for (long at = range.position(); at < end; ) {
            ticket.checkCancelled();
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int read = source.file.read(buffer, at);
            if (read < 0) {
                break;
            }
            buffer.flip();
            if (at < copy.knownSize() || !isZero(buffer)) {
                Wishes.writeAll(copy, buffer, at);
            }
            at += read;
            ticket.moved(read);
        }
        long size = Math.min(end, source.file.size());
        if (copy.knownSize() < size) {
            copy.file.resize(size);
            copy.grownTo(size);
        }
    }

    private static boolean isZero(ByteBuffer buffer) {
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            if (buffer.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Copies what was written since; returns how many bytes that were. */
    private long catchUp() throws IOException {
        long bytes = 0;
        for (Copy copy : copies) {
            if (copy.place instanceof FileSlot slot
                    && slot.copyJournal != null
                    && !slot.copyJournal.isEmpty()) {
                bytes += catchUp(slot, slot.copyJournal, copy.file);
            }
        }
        return bytes;
    }

    private long catchUp(FileSlot slot, Queue<Range> journal, OpenFile copy) throws IOException {
        long bytes = 0;
        OpenFile source = source(slot);
        try {
            for (Range next = journal.poll(); next != null; next = journal.poll()) {
                ticket.expect(next.length());
                copy(source, copy, next);
                bytes += next.length();
            }
        } finally {
            layout.openFiles.release(source);
        }
        return bytes;
    }

    private void force() throws IOException {
        for (Copy copy : copies) {
            ticket.checkCancelled();
            copy.file.file.force();
        }
    }

    private void switchOver(RenameSteps named) throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            dropVanished();
            startCopies();
            long last = catchUp();
            cutLikeSources();
            copyParts();
            force();
            log.debug("{} bytes were copied while writers waited", last);
            for (Copy copy : copies) {
                nameCopy(copy, named);
            }
            layout.forceNames(target);
            layout.moveNote.named(target);
            layout.slots().forEach(layout.openFiles::retire);
            layout.openFiles.retire(layout.parts);
            layout.slots().forEach(slot -> slot.fresh = slot.present);
            layout.directory(target);
        } finally {
            lock.unlock();
        }
    }

    /** A file that was merely reserved goes when it is no longer wanted. */
    private void dropVanished() throws IOException {
        for (Iterator<Copy> all = copies.iterator(); all.hasNext(); ) {
            Copy copy = all.next();
            if (copy.place instanceof FileSlot slot && layout.entry(slot).isEmpty()) {
                all.remove();
                slot.copyJournal = null;
                close(copy.file);
                layout.deleteQuietly(copy.temporary);
            }
        }
    }

    /** A file that was finished meanwhile is shorter than when it was copied. */
    private void cutLikeSources() throws IOException {
        for (Copy copy : copies) {
            if (copy.place instanceof FileSlot slot) {
                long size = layout.entry(slot).map(Entry::bytes).orElse(0L);
                if (copy.file.file.size() > size) {
                    copy.file.file.resize(size);
                }
            }
        }
    }

    private void copyParts() throws IOException {
        Optional<Entry> entry = volume.entry(layout.parts.path());
        if (entry.isEmpty() || entry.get().kind() != Kind.FILE) {
            return;
        }
        Path temporary = temporary(layout.parts.path(target));
        OpenFile file = create(layout.parts, temporary);
        copies.add(new Copy(layout.parts, temporary, file));
        OpenFile source = layout.openFiles.acquire(layout.parts, false);
        try {
            ticket.expect(source.file.size());
            copy(source, file, new Range(0, source.file.size()));
        } finally {
            layout.openFiles.release(source);
        }
    }

    private void nameCopy(Copy copy, RenameSteps named) throws IOException {
        Path source = layout.parts.path();
        Path name = layout.parts.path(target);
        if (copy.place instanceof FileSlot slot) {
            source = layout.pathOf(slot);
            name = FileLayout.pathOf(target, slot.pathOnDisk());
            layout.checkParents(target, slot.path, true);
        }
        Optional<Entry> entry = volume.entry(source);
        if (entry.isPresent()) {
            volume.modified(copy.temporary, entry.get().modifiedMillis());
            volume.rights(copy.temporary, source);
        }
        Relocation.refuseIfTaken(volume, name);
        named.rename(copy.temporary, name);
        old.add(source);
    }

    private static void close(OpenFile file) {
        try {
            file.file.close();
        } catch (IOException e) {
            log.warn("closing a copy failed: {}", e.getMessage());
        }
    }
}
