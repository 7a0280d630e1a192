package org.bittern.disk.file.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.bittern.metainfo.FileEntry;
import org.bittern.spi.disk.StoreSpec;
import org.jspecify.annotations.Nullable;

/**
 * One file of a torrent: where it is and what we know of it. What changes is written under the
 * write lock of its {@link FileLayout}, except what disk threads note as they make and write the
 * file: {@link #present}, {@link #holdsData}, {@link #dirty} and {@link #fresh}.
 */
final class FileSlot extends Place {
    final int index;
    final long length;
    final boolean executable;

    /** False for padding and symbolic links: such a file is never made. */
    final boolean stored;

    private final FileLayout layout;

    /** Its name may have a suffix: no other file of the torrent has that name. */
    final boolean mayBePartial;

    /**
     * What its name ends in besides, or will when it is made: one of {@link
     * StoreSpec#PART_SUFFIXES}, or nothing.
     */
    volatile String suffix = "";

    /** Elements below the torrent's directory. */
    volatile List<String> path;

    volatile boolean wanted;

    /** Its bytes go to the part file: it is not wanted and does not exist. */
    volatile boolean inPart;

    /** It exists, or did when we last looked. */
    volatile boolean present;

    /** It was there before us or something was written to it; false while it is only reserved. */
    volatile boolean holdsData;

    /** Not all of it is good, and it must not look so; see {@link Finishing}. */
    volatile boolean unfinished;

    /** Written since the last fsync. */
    volatile boolean dirty;

    /** Made since the last fsync, so that its directories need one, too. */
    volatile boolean fresh;

    /** Collects what is written while the file is copied elsewhere; null otherwise. */
    volatile @Nullable Queue<Range> copyJournal;

    /** What a file is to begin with. */
    record Traits(boolean wanted, boolean mayBePartial) {}

    /** Bytes of the file. */
    record Range(long position, long length) {}

    FileSlot(FileLayout layout, FileEntry entry, List<String> path, Traits traits) {
        this.layout = layout;
        mayBePartial = traits.mayBePartial();
        this.path = path;
        wanted = traits.wanted();
        index = entry.index();
        length = entry.length();
        executable = entry.attributes().executable();
        stored = !entry.pad() && entry.attributes().symlinkTarget().isEmpty();
    }

    /** Elements below the torrent's directory as they are on disk. */
    List<String> pathOnDisk() {
        return withSuffix(path, suffix);
    }

    /** Its name says that it is unfinished. */
    boolean isPartial() {
        return !suffix.isEmpty();
    }

    /** The paths that an unfinished file may have. */
    static List<List<String>> partialPaths(List<String> path) {
        return StoreSpec.PART_SUFFIXES.stream().map(suffix -> withSuffix(path, suffix)).toList();
    }

    static List<String> withSuffix(List<String> path, String suffix) {
        if (suffix.isEmpty()) {
            return path;
        }
        List<String> elements = new ArrayList<>(path);
        elements.set(path.size() - 1, path.getLast() + suffix);
        return elements;
    }

    @Override
    VolumeFile open(boolean writable) throws IOException {
        return layout.open(this, writable);
    }

    /** Called after bytes were written, under the read lock. */
    void written(long position, long length) {
        holdsData = true;
        Queue<Range> journal = copyJournal;
        if (journal != null) {
            journal.add(new Range(position, length));
        }
    }
}
