package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;

/**
 * Moves a torrent's files to another directory. Threads that may block only, one call at a time.
 *
 * <p>Within a file system files are renamed, all of them while no block is written; when one cannot
 * be, the others are renamed back. Across file systems they are copied, see {@link Copying}. A
 * {@link MoveNote} at the new place tells the next run how far a move came that a crash ended:
 *
 * <ul>
 *   <li>some files are only at the new place: they were being renamed, and the rest follows;
 *   <li>all are at the old place: copies at the new place are incomplete, and are deleted;
 *   <li>the note says that all copies have their names: the old files are deleted.
 * </ul>
 */
final class Relocation {
    private final FileLayout layout;
    private final Volume volume;
    private final ThreadLocal<ByteBuffer> scratch;
    private final Consumer<Path> relocated;

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

    /**
     * Moves all files.
     *
     * @param make whether the target is made when it is missing
     */
    void move(Path target, boolean make, MoveTicket ticket) throws IOException {
        Path source = layout.directory();
        if (target.equals(source.normalize())) {
            return;
        }
        if (make) {
            volume.createDirectories(target);
        } else if (volume.entry(target).isEmpty()) {
            throw new NoSuchFileException(target.toString());
        }
        layout.parts.load();
        layout.finishing.forget(); // of a torrent that was not prepared; it would stay behind
        for (FileSlot slot : layout.slots()) {
            if (slot.stored) { // also one that is still to be made, for it would be made of that
                refuseIfTaken(volume, FileLayout.pathOf(target, slot.path));
                if (slot.mayBePartial) {
                    for (List<String> part : FileSlot.partialPaths(slot.path)) {
                        refuseIfTaken(volume, FileLayout.pathOf(target, part));
                    }
                }
            }
        }
        refuseIfTaken(volume, layout.parts.path(target));
        layout.moveNote.begin(target, source);
        // The note stays when something of ours is left at the new place: the next run settles it.
        boolean clean = true;
        try {
            if (!renameAll(target)) {
                new Copying(layout, scratch, target, ticket).run();
            }
            layout.prune(source);
            relocated.accept(target);
        } catch (UndoFailedException e) {
            clean = false;
            throw e;
        } finally {
            if (clean) {
                layout.moveNote.end(target);
            }
        }
    }

    /** Renaming would overwrite it. */
    static void refuseIfTaken(Volume volume, Path path) throws IOException {
        if (volume.entry(path).isPresent()) {
            throw new FileAlreadyExistsException(path.toString(), null, "exists already");
        }
    }

    /** Returns false, with nothing changed, when the target is on another file system. */
    private boolean renameAll(Path target) throws IOException {
        RenameSteps steps = new RenameSteps(volume);
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            for (FileSlot slot : layout.slots()) {
                if (slot.stored) {
                    renameTo(target, slot, steps);
                }
            }
            layout.openFiles.retire(layout.parts);
            if (volume.entry(layout.parts.path()).isPresent()) {
                steps.rename(layout.parts.path(), layout.parts.path(target));
            }
            layout.forceNames(target); // before somebody notes where the files are
            layout.forceNames(layout.directory());
            layout.directory(target);
            return true;
        } catch (AtomicMoveNotSupportedException e) {
            takeBack(steps, target, e);
            return false;
        } catch (IOException e) {
            takeBack(steps, target, e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void renameTo(Path target, FileSlot slot, RenameSteps steps) throws IOException {
        Optional<List<String>> found = layout.found(layout.directory(), slot);
        if (found.isPresent()) {
            layout.openFiles.retire(slot);
            layout.checkParents(target, slot.path, true);
            Path name = FileLayout.pathOf(target, found.get());
            refuseIfTaken(volume, name);
            steps.rename(FileLayout.pathOf(layout.directory(), found.get()), name);
            slot.fresh = true;
        }
    }

    private void takeBack(RenameSteps steps, Path target, IOException cause)
            throws UndoFailedException {
        boolean all = steps.undo();
        layout.prune(target);
        if (!all) {
            throw new UndoFailedException(cause);
        }
    }

    /**
     * Puts in order what an interrupted move left.
     *
     * @return whether the files are at the new place now
     */
    boolean settle(Path target) throws IOException {
        Path source = layout.directory();
        if (target.equals(source) || volume.entry(target).isEmpty()) {
            return false;
        }
        Optional<MoveNote.State> note =
                layout.moveNote
                        .read(target)
                        .filter(state -> state.source().equals(source.toString()));
        int here = 0;
        int onlyHere = 0;
        int onlyThere = 0;
        for (FileSlot slot : layout.slots()) {
            if (slot.stored) {
                boolean atSource = layout.found(source, slot).isPresent();
                boolean atTarget = layout.found(target, slot).isPresent();
                here += atSource ? 1 : 0;
                onlyHere += atSource && !atTarget ? 1 : 0;
                onlyThere += atTarget && !atSource ? 1 : 0;
            }
        }
        boolean moved;
        if (note.isEmpty()) {
            moved = here == 0 && onlyThere > 0; // it ended, and only nobody was told
            layout.moveNote.dropTorn(target);
        } else {
            boolean named = note.get().named() && onlyHere == 0;
            moved = named || onlyThere > 0;
            finish(source, target, named, moved);
        }
        if (moved) {
            layout.forceNames(target);
            layout.forceNames(source);
            switchTo(target);
            layout.prune(source);
            relocated.accept(target);
        }
        if (note.isPresent()) {
            layout.prune(target);
            layout.moveNote.end(target);
        }
        return moved;
    }

    private void finish(Path source, Path target, boolean named, boolean moved) throws IOException {
        for (FileSlot slot : layout.slots()) {
            if (slot.stored) {
                layout.deleteQuietly(Copying.temporary(layout, target, slot));
                Optional<List<String>> here = layout.found(source, slot);
                Optional<List<String>> there = layout.found(target, slot);
                if (here.isPresent() && there.isPresent()) {
                    Path root = named ? source : target;
                    volume.delete(FileLayout.pathOf(root, (named ? here : there).get()));
                } else if (here.isPresent() && moved && !named) {
                    layout.checkParents(target, slot.path, true);
                    volume.rename(
                            FileLayout.pathOf(source, here.get()),
                            FileLayout.pathOf(target, here.get()));
                }
            }
        }
        finishParts(layout.parts.path(source), layout.parts.path(target), named, moved);
    }

    private void finishParts(Path here, Path there, boolean named, boolean moved)
            throws IOException {
        layout.deleteQuietly(Copying.temporary(there));
        if (isFile(here) && isFile(there)) {
            volume.delete(named ? here : there);
        } else if (isFile(here) && moved && !named) {
            volume.rename(here, there);
        }
    }

    private boolean isFile(Path path) throws IOException {
        Optional<Entry> entry = volume.entry(path);
        return entry.isPresent() && entry.get().kind() == Kind.FILE;
    }

    private void switchTo(Path target) {
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            layout.directory(target);
            layout.slots().forEach(slot -> slot.fresh = slot.present);
        } finally {
            lock.unlock();
        }
    }

    /** Some files are at the old place and some at the new one. */
    static final class UndoFailedException extends IOException {
        private static final long serialVersionUID = 1L;

        UndoFailedException(IOException cause) {
            super(cause.getMessage() + "; some files could not be moved back", cause);
        }
    }
}
