package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bittern.api.engine.Priority;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.StoreSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each file of a torrent lies. Used by disk threads only, which hold the read lock while they
 * touch files; whoever changes names or places (rename, move, priorities) holds the write lock for
 * that moment, so that no block is written to a place that was left. Loops never take the lock.
 *
 * <p>No path leads out of the directory: every element is checked, every directory below it must be
 * one and not a symbolic link, and the file itself is opened without following links.
 */
final class FileLayout {
    private static final Logger log = LoggerFactory.getLogger(FileLayout.class);

    final ReadWriteLock lock = new ReentrantReadWriteLock();
    final Volume volume;
    final OpenFiles openFiles;
    final PieceMap pieces;
    final PartFile parts;
    final Finishing finishing;

    /** Tells temporary files of this torrent from those of others. */
    final String tag;

    private final List<FileSlot> slots;
    private volatile Path directory;

    FileLayout(StoreSpec spec, Volume volume, OpenFiles openFiles) {
        this.volume = volume;
        this.openFiles = openFiles;
        pieces = spec.metainfo().pieces();
        directory = spec.directory();
        tag = spec.metainfo().infoHash().shortHex();
        List<FileSlot> made = new ArrayList<>();
        for (FileEntry entry : spec.metainfo().files()) {
            List<String> path = spec.renamed().getOrDefault(entry.index(), entry.path());
            made.add(new FileSlot(this, entry, checked(path), wanted(spec, entry.index())));
        }
        slots = List.copyOf(made);
        parts = new PartFile(this, spec.metainfo().infoHash());
        finishing = new Finishing(this, spec.metainfo().infoHash().hex());
    }

    private static boolean wanted(StoreSpec spec, int file) {
        return file >= spec.priorities().size() || spec.priorities().get(file) != Priority.SKIP;
    }

    /**
     * The path itself.
     *
     * @throws IllegalArgumentException an element could lead elsewhere
     */
    static List<String> checked(List<String> path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("a path needs at least one element");
        }
        for (String element : path) {
            if (element.isBlank()
                    || element.equals(".")
                    || element.equals("..")
                    || element.indexOf('/') >= 0
                    || element.indexOf('\\') >= 0
                    || element.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("\"" + element + "\" is not a file name");
            }
        }
        return List.copyOf(path);
    }

    List<FileSlot> slots() {
        return slots;
    }

    FileSlot slot(int file) {
        return slots.get(file);
    }

    Path directory() {
        return directory;
    }

    /** Only under the write lock. */
    void directory(Path moved) {
        directory = moved;
    }

    Path pathOf(FileSlot slot) {
        return pathOf(directory, slot.path);
    }

    static Path pathOf(Path directory, List<String> elements) {
        Path path = directory;
        for (String element : elements) {
            path = path.resolve(element);
        }
        return path;
    }

    /** Opens a file of this torrent; made with its directories when it is written first. */
    VolumeFile open(FileSlot slot, boolean writable) throws IOException {
        Path path = pathOf(slot);
        boolean make = writable && !slot.present;
        checkParents(directory, slot.path, make);
        Access access = make ? Access.CREATE : writable ? Access.WRITE : Access.READ;
        if (!writable && volume.entry(path).isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        VolumeFile file = volume.open(path, access);
        if (make) {
            slot.fresh = true;
            slot.present = true;
            if (slot.executable) {
                volume.executable(path);
            }
        }
        long most = slot.length + (slot.unfinished ? 1 : 0);
        if (writable && file.size() > most) {
            file.resize(most); // a longer file would never be what the torrent says
        }
        return file;
    }

    /**
     * Looks at the directories between the torrent's directory and a file.
     *
     * @param make whether missing ones are made; the torrent's directory itself is not, since a
     *     directory that is gone means a disk that is not mounted
     */
    void checkParents(Path root, List<String> elements, boolean make) throws IOException {
        Path at = root;
        if (make && volume.entry(root).isEmpty()) {
            throw new NoSuchFileException(root.toString());
        }
        for (String element : elements.subList(0, elements.size() - 1)) {
            at = at.resolve(element);
            Optional<Entry> entry = volume.entry(at);
            if (entry.isEmpty()) {
                if (!make) {
                    throw new NoSuchFileException(at.toString());
                }
                volume.createDirectory(at);
            } else if (entry.get().kind() != Kind.DIRECTORY) {
                throw new StrangeEntryException(at, "directory");
            }
        }
    }

    /**
     * What stands in the place of a file.
     *
     * @throws StrangeEntryException it is not a file
     */
    Optional<Entry> entry(FileSlot slot) throws IOException {
        Path path = pathOf(slot);
        try {
            checkParents(directory, slot.path, false);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        Optional<Entry> entry = volume.entry(path);
        if (entry.isPresent() && entry.get().kind() != Kind.FILE) {
            throw new StrangeEntryException(path, "file");
        }
        return entry;
    }

    /**
     * Removes directories below {@code root} that are empty and were a file's, innermost first. One
     * that cannot be removed stays: what was asked for is done without that.
     */
    void pruneParents(Path root, List<String> elements) {
        for (int depth = elements.size() - 1; depth > 0; depth--) {
            Path at = pathOf(root, elements.subList(0, depth));
            try {
                Optional<Entry> entry = volume.entry(at);
                if (entry.isPresent() && entry.get().kind() != Kind.DIRECTORY) {
                    return; // a link: whatever is behind it is not ours
                }
                if (entry.isPresent()) {
                    volume.delete(at);
                }
            } catch (DirectoryNotEmptyException _) {
                return;
            } catch (IOException e) {
                log.debug("directory {} stays: {}", at, e.getMessage());
                return;
            }
        }
    }
}
