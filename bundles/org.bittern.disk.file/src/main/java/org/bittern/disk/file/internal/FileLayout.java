package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bittern.api.engine.Priority;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.InfoHash;
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
    final MoveNote moveNote;

    /** Tells files that the store itself makes for this torrent from those for others. */
    final InfoHash infoHash;

    private final boolean partNames;
    private final List<FileSlot> slots;
    private volatile Path directory;

    FileLayout(StoreSpec spec, Volume volume, OpenFiles openFiles) {
        this.volume = volume;
        this.openFiles = openFiles;
        pieces = spec.metainfo().pieces();
        directory = spec.directory();
        partNames = spec.partNames();
        infoHash = spec.metainfo().infoHash();
        slots = slots(spec);
        parts = new PartFile(this);
        finishing = new Finishing(this);
        moveNote = new MoveNote(volume, infoHash);
    }

    private List<FileSlot> slots(StoreSpec spec) {
        List<List<String>> paths = new ArrayList<>();
        Set<List<String>> withSuffix = new HashSet<>();
        for (FileEntry entry : spec.metainfo().files()) {
            paths.add(checked(spec.renamed().getOrDefault(entry.index(), entry.path())));
            String name = paths.getLast().getLast();
            if (StoreSpec.PART_SUFFIXES.stream().anyMatch(name::endsWith)) {
                withSuffix.add(paths.getLast());
            }
        }
        List<FileSlot> made = new ArrayList<>();
        for (FileEntry entry : spec.metainfo().files()) {
            List<String> path = paths.get(entry.index());
            boolean mayBePartial =
                    entry.length() > 0
                            && (withSuffix.isEmpty()
                                    || Collections.disjoint(
                                            withSuffix, FileSlot.partialPaths(path)));
            FileSlot.Traits traits = new FileSlot.Traits(wanted(spec, entry.index()), mayBePartial);
            made.add(new FileSlot(this, entry, path, traits));
        }
        return List.copyOf(made);
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

    /** Where a file is, or will be. */
    Path pathOf(FileSlot slot) {
        return pathOf(directory, slot.pathOnDisk());
    }

    /** A hidden name beside a file for what is not the file yet. */
    Path temporary(FileSlot slot, String suffix) {
        return pathOf(directory, slot.path)
                .resolveSibling(".%s-%d%s".formatted(infoHash.shortHex(), slot.index, suffix));
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
        return entry(directory, slot.pathOnDisk());
    }

    /** As {@link #entry(FileSlot)} for any place. */
    Optional<Entry> entry(Path root, List<String> elements) throws IOException {
        Path path = pathOf(root, elements);
        try {
            checkParents(root, elements, false);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        Optional<Entry> entry = volume.entry(path);
        if (entry.isPresent() && entry.get().kind() != Kind.FILE) {
            throw new StrangeEntryException(path, "file");
        }
        return entry;
    }

    /** The path under which a file exists below a directory: its own or one of its part. */
    Optional<List<String>> found(Path root, FileSlot slot) throws IOException {
        if (entry(root, slot.path).isPresent()) {
            return Optional.of(slot.path);
        }
        if (slot.mayBePartial) {
            for (List<String> part : FileSlot.partialPaths(slot.path)) {
                if (entry(root, part).isPresent()) {
                    return Optional.of(part);
                }
            }
        }
        return Optional.empty();
    }

    /** Finds out whether a file exists, and under which of its names. Under the write lock. */
    void look(FileSlot slot) throws IOException {
        Optional<List<String>> found = found(directory, slot);
        slot.present = found.isPresent();
        String ofNew = slot.mayBePartial && partNames ? StoreSpec.PART_SUFFIXES.getFirst() : "";
        int own = slot.path.getLast().length();
        slot.suffix = found.map(path -> path.getLast().substring(own)).orElse(ofNew);
    }

    /** Makes the names of all files below a directory, or that they are gone, last. */
    void forceNames(Path root) throws IOException {
        Set<List<String>> directories = new LinkedHashSet<>();
        for (FileSlot slot : slots) {
            for (int depth = slot.path.size() - 1; slot.stored && depth >= 0; depth--) {
                directories.add(slot.path.subList(0, depth));
            }
        }
        for (List<String> elements : directories) {
            Path directory = pathOf(root, elements);
            if (volume.entry(directory).isPresent()) {
                volume.forceDirectory(directory);
            }
        }
    }

    /** Removes what is left of the directories of all files; see {@link #pruneParents}. */
    void prune(Path root) {
        slots.forEach(slot -> pruneParents(root, slot.path));
    }

    /** Deletes a file if there is one; what cannot be deleted stays behind. */
    void deleteQuietly(Path path) {
        try {
            Optional<Entry> entry = volume.entry(path);
            if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
                volume.delete(path);
            }
        } catch (IOException e) {
            log.warn("{} stays behind: {}", path, e.getMessage());
        }
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
