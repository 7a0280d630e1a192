package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.bittern.disk.file.internal.FileSlot.Range;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a torrent's files to another directory. Bulk threads only, one call at a time.
 *
 * <p>Within a file system files are renamed, all of them while no block is written; when one cannot
 * be, the others are renamed back. Across file systems they are copied under temporary names while
 * blocks go on being read and written at the old place. What is written meanwhile is noted and
 * copied again, in rounds, until little is left; that is done while no block is written, then all
 * is made to survive a loss of power, the copies get their names, and the old files are deleted
 * last. Until the copies have their names a failure or a crash leaves the old place as it was.
 */
final class Relocation {
    /** What may be left to be copied while writers wait. */
    private static final long LITTLE_BYTES = 8L << 20;

    private static final int MOST_ROUNDS = 8;
    private static final Logger log = LoggerFactory.getLogger(Relocation.class);

    private final FileLayout layout;
    private final Volume volume;
    private final ThreadLocal<ByteBuffer> scratch;
    private final Consumer<Path> relocated;

    private record Copy(Place place, Path name, Path temporary, OpenFile file) {}

    private record Renamed(Path from, Path to) {}

    /**
     * Prepares for moves.
     *
     * @param relocated told of the new directory
     */
    Relocation(FileLayout layout, ThreadLocal<ByteBuffer> scratch, Consumer<Path> relocated) {
        this.layout = layout;
        this.scratch = scratch;
        this.relocated = relocated;
        volume = layout.volume;
    }

    /** Moves all files. */
    void move(Path target) throws IOException {
        Path source = layout.directory();
        if (target.equals(source.normalize())) {
            return;
        }
        volume.createDirectories(target);
        layout.parts.load();
        layout.finishing.forget(); // of a torrent that was not prepared; it would stay behind
        for (FileSlot slot : layout.slots()) {
            if (slot.stored && layout.entry(slot).isPresent()) {
                refuseIfTaken(FileLayout.pathOf(target, slot.path));
            }
        }
        refuseIfTaken(layout.parts.path(target));
        if (!renameAll(target)) {
            copyAll(target);
        }
        prune(source);
        relocated.accept(target);
    }

    private void refuseIfTaken(Path path) throws IOException {
        if (volume.entry(path).isPresent()) {
            throw new FileAlreadyExistsException(path.toString(), null, "exists already");
        }
    }

    /** Returns false, with nothing changed, when the target is on another file system. */
    private boolean renameAll(Path target) throws IOException {
        Deque<Renamed> done = new ArrayDeque<>();
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            for (FileSlot slot : layout.slots()) {
                if (slot.stored && layout.entry(slot).isPresent()) {
                    layout.openFiles.retire(slot);
                    layout.checkParents(target, slot.path, true);
                    Path from = layout.pathOf(slot);
                    rename(new Renamed(from, FileLayout.pathOf(target, slot.path)), done);
                    slot.fresh = true;
                }
            }
            layout.openFiles.retire(layout.parts);
            if (volume.entry(layout.parts.path()).isPresent()) {
                rename(new Renamed(layout.parts.path(), layout.parts.path(target)), done);
            }
            layout.directory(target);
            return true;
        } catch (AtomicMoveNotSupportedException _) {
            undo(done, target);
            return false;
        } catch (IOException e) {
            undo(done, target);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void rename(Renamed step, Deque<Renamed> done) throws IOException {
        volume.rename(step.from, step.to);
        done.push(step);
    }

    private void undo(Deque<Renamed> done, Path target) {
        for (Renamed step : done) {
            try {
                volume.rename(step.to, step.from);
            } catch (IOException e) {
                log.warn("{} could not be moved back: {}", step.to, e.getMessage());
            }
        }
        prune(target);
    }

    private void prune(Path root) {
        layout.slots().forEach(slot -> layout.pruneParents(root, slot.path));
    }

    private void copyAll(Path target) throws IOException {
        List<Copy> copies = new ArrayList<>();
        List<Path> old = new ArrayList<>();
        Deque<Renamed> named = new ArrayDeque<>();
        try {
            startCopies(target, copies);
            for (int round = 0; round < MOST_ROUNDS; round++) {
                if (catchUp(copies) <= LITTLE_BYTES) {
                    break;
                }
            }
            force(copies);
            switchOver(target, copies, old, named);
        } catch (IOException e) {
            undo(named, target);
            for (Copy copy : copies) {
                deleteQuietly(copy.temporary);
            }
            prune(target);
            throw e;
        } finally {
            copies.forEach(copy -> close(copy.file));
            layout.slots().forEach(slot -> slot.copyJournal = null);
        }
        for (Path path : old) {
            deleteQuietly(path);
        }
    }

    private void startCopies(Path target, List<Copy> copies) throws IOException {
        for (FileSlot slot : layout.slots()) {
            boolean known = copies.stream().anyMatch(copy -> copy.place == slot);
            if (slot.stored && !known && layout.entry(slot).isPresent()) {
                slot.copyJournal = new ConcurrentLinkedQueue<>();
                layout.checkParents(target, slot.path, true);
                Path name = FileLayout.pathOf(target, slot.path);
                Path temporary =
                        name.resolveSibling(".%s-%d.moving".formatted(layout.tag, slot.index));
                copies.add(new Copy(slot, name, temporary, create(slot, temporary)));
                OpenFile source = layout.openFiles.acquire(slot, false);
                try {
                    copy(source, copies.getLast().file, new Range(0, source.file.size()));
                } finally {
                    layout.openFiles.release(source);
                }
            }
        }
    }

    private OpenFile create(Place place, Path temporary) throws IOException {
        deleteQuietly(temporary); // left behind by a crash
        return new OpenFile(place, volume.open(temporary, Access.CREATE), true, 0);
    }

    /** Copies a range; zeros after the target's end become a hole. */
    private void copy(OpenFile source, OpenFile target, Range range) throws IOException {
        ByteBuffer buffer = scratch.get();
        long end = range.position() + range.length();
        for (long at = range.position(); at < end; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            int read = source.file.read(buffer, at);
            if (read < 0) {
                break;
            }
            buffer.flip();
            if (at < target.knownSize() || !isZero(buffer)) {
                Housekeeping.writeAll(target, buffer, at);
            }
            at += read;
        }
        long size = Math.min(end, source.file.size());
        if (target.knownSize() < size) {
            target.file.resize(size);
            target.grownTo(size);
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
    private long catchUp(List<Copy> copies) throws IOException {
        long bytes = 0;
        for (Copy copy : copies) {
            if (copy.place instanceof FileSlot slot && slot.copyJournal != null) {
                bytes += catchUp(slot, slot.copyJournal, copy.file);
            }
        }
        return bytes;
    }

    /** A file that was finished meanwhile is shorter than when it was copied. */
    private void cutLikeSources(List<Copy> copies) throws IOException {
        for (Copy copy : copies) {
            if (copy.place instanceof FileSlot slot) {
                long size = layout.entry(slot).map(Entry::bytes).orElse(0L);
                if (copy.file.file.size() > size) {
                    copy.file.file.resize(size);
                }
            }
        }
    }

    private long catchUp(FileSlot slot, Queue<Range> journal, OpenFile target) throws IOException {
        long bytes = 0;
        OpenFile source = layout.openFiles.acquire(slot, false);
        try {
            for (Range next = journal.poll(); next != null; next = journal.poll()) {
                copy(source, target, next);
                bytes += next.length();
            }
        } finally {
            layout.openFiles.release(source);
        }
        return bytes;
    }

    private static void force(List<Copy> copies) throws IOException {
        for (Copy copy : copies) {
            copy.file.file.force();
        }
    }

    private void switchOver(Path target, List<Copy> copies, List<Path> old, Deque<Renamed> named)
            throws IOException {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            startCopies(target, copies); // files that were made meanwhile
            long last = catchUp(copies);
            cutLikeSources(copies);
            copyParts(target, copies);
            force(copies);
            log.debug("{} bytes were copied while writers waited", last);
            for (Copy copy : copies) {
                Path source =
                        copy.place instanceof FileSlot slot
                                ? layout.pathOf(slot)
                                : layout.parts.path();
                Optional<Entry> entry = volume.entry(source);
                if (entry.isPresent()) {
                    volume.modified(copy.temporary, entry.get().modifiedMillis());
                }
                rename(new Renamed(copy.temporary, copy.name), named);
                old.add(source);
            }
            forceDirectories(copies);
            layout.slots().forEach(layout.openFiles::retire);
            layout.openFiles.retire(layout.parts);
            layout.slots().forEach(slot -> slot.fresh = slot.present);
            layout.directory(target);
        } finally {
            lock.unlock();
        }
    }

    private void forceDirectories(List<Copy> copies) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        copies.forEach(copy -> directories.add(copy.temporary.resolveSibling(".")));
        for (Path directory : directories) {
            volume.forceDirectory(directory.normalize());
        }
    }

    private void copyParts(Path target, List<Copy> copies) throws IOException {
        Optional<Entry> entry = volume.entry(layout.parts.path());
        if (entry.isEmpty() || entry.get().kind() != Kind.FILE) {
            return;
        }
        Path name = layout.parts.path(target);
        Path temporary = name.resolveSibling(name.getFileName() + ".moving");
        OpenFile file = create(layout.parts, temporary);
        copies.add(new Copy(layout.parts, name, temporary, file));
        OpenFile source = layout.openFiles.acquire(layout.parts, false);
        try {
            copy(source, file, new Range(0, source.file.size()));
        } finally {
            layout.openFiles.release(source);
        }
    }

    private void deleteQuietly(Path path) {
        try {
            Optional<Entry> entry = volume.entry(path);
            if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
                volume.delete(path);
            }
        } catch (IOException e) {
            log.warn("{} stays behind: {}", path, e.getMessage());
        }
    }

    private static void close(OpenFile file) {
        try {
            file.file.close();
        } catch (IOException e) {
            log.warn("closing a copy failed: {}", e.getMessage());
        }
    }
}
