package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;

/**
 * Renames a file or a folder of a torrent: one operation of the file system, so that it is done at
 * once or not at all. What somebody else put into a folder goes with it. Bulk threads only; takes
 * the layout's write lock.
 */
final class Renaming {
    private final FileLayout layout;
    private final List<String> from;
    private final List<String> to;

    private Renaming(FileLayout layout, List<String> from, List<String> to) {
        this.layout = layout;
        this.from = from;
        this.to = to;
    }

    /**
     * Renames what stands at a path.
     *
     * @param again an earlier run may have done it and not noted it
     * @throws FileAlreadyExistsException the name is taken, in the torrent or on disk
     */
    static void rename(FileLayout layout, List<String> path, String name, boolean again)
            throws IOException {
        List<String> target = new ArrayList<>(path);
        target.set(path.size() - 1, name);
        FileLayout.checked(target);
        if (!target.equals(path)) {
            new Renaming(layout, path, target).run(again);
        }
    }

    private void run(boolean again) throws IOException {
        List<FileSlot> affected = below(from);
        Lock lock = layout.lock.writeLock();
        lock.lock();
        try {
            if (!below(to).isEmpty()) {
                throw taken(FileLayout.pathOf(layout.directory(), to));
            }
            boolean folder = affected.stream().anyMatch(slot -> slot.path.size() > from.size());
            if (folder) {
                renameFolder(affected, again);
            } else {
                for (FileSlot slot : affected) {
                    renameFile(slot, again);
                }
            }
            for (FileSlot slot : affected) {
                List<String> path = new ArrayList<>(slot.path);
                path.set(to.size() - 1, to.getLast());
                slot.path = List.copyOf(path);
            }
        } finally {
            lock.unlock();
        }
    }

    private List<FileSlot> below(List<String> path) {
        return layout.slots().stream()
                .filter(slot ->
                        slot.stored
                                && slot.path.size() >= path.size()
                                && slot.path.subList(0, path.size()).equals(path))
                .toList();
    }

    private void renameFolder(List<FileSlot> affected, boolean again) throws IOException {
        Path target = FileLayout.pathOf(layout.directory(), to);
        boolean there = isFolder(from);
        if (layout.volume.entry(target).isPresent()) {
            if (again && !there) {
                return;
            }
            throw taken(target);
        }
        if (there) {
            affected.forEach(layout.openFiles::retire);
            layout.volume.rename(FileLayout.pathOf(layout.directory(), from), target);
            keep(target);
        }
    }

    private boolean isFolder(List<String> path) throws IOException {
        try {
            layout.checkParents(layout.directory(), path, false);
        } catch (NoSuchFileException _) {
            return false;
        }
        Path at = FileLayout.pathOf(layout.directory(), path);
        Optional<Entry> entry = layout.volume.entry(at);
        if (entry.isPresent() && entry.get().kind() != Kind.DIRECTORY) {
            throw new StrangeEntryException(at, "directory");
        }
        return entry.isPresent();
    }

    private void renameFile(FileSlot slot, boolean again) throws IOException {
        boolean there = layout.entry(slot).isPresent();
        List<List<String>> names = new ArrayList<>(List.of(to));
        names.addAll(FileSlot.partialPaths(to));
        for (List<String> name : names) {
            Path target = FileLayout.pathOf(layout.directory(), name);
            if (layout.volume.entry(target).isPresent()) {
                if (again && !there) {
                    return;
                }
                throw taken(target);
            }
        }
        if (there) {
            List<String> name = FileSlot.withSuffix(to, slot.suffix);
            Path target = FileLayout.pathOf(layout.directory(), name);
            layout.openFiles.retire(slot);
            layout.volume.rename(layout.pathOf(slot), target);
            keep(target);
        }
    }

    /** The new name must be on the disk before somebody notes it. */
    private void keep(Path renamed) throws IOException {
        layout.volume.forceDirectory(renamed.resolveSibling(".").normalize());
    }

    private static FileAlreadyExistsException taken(Path path) {
        return new FileAlreadyExistsException(path.toString(), null, "exists already");
    }
}
