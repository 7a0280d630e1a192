package org.bittern.disk.file.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of all torrents: opened when needed, at most so many at a time, the one unused for
 * longest closed first. Files in use are never closed, so the limit may be passed for as long as
 * that many are read at once. Thread-safe; its lock is held for moments only and never while a disk
 * is touched, so {@link #acquireOpen} and {@link #release} are fit for loops.
 */
final class OpenFiles {
    private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<OpenFile> unused = new LinkedHashSet<>();
    private final Executor closer;
    private final int limit;
    private int count;

    /**
     * Creates an empty table.
     *
     * @param limit open files, 1 or more
     * @param closer runs what may block
     */
    OpenFiles(int limit, Executor closer) {
        this.limit = limit;
        this.closer = closer;
    }

    /** Number of files that are open. */
    int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** The file if it is open as needed, with one more user; null otherwise. Any thread. */
    @Nullable OpenFile acquireOpen(Place place, boolean writable) {
        lock.lock();
        try {
            OpenFile open = place.current;
            if (open == null || (writable && !open.writable)) {
                return null;
            }
            if (open.users++ == 0) {
                unused.remove(open);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** The file, opened if need be, with one more user. Blocks. */
    OpenFile acquire(Place place, boolean writable) throws IOException {
        OpenFile open = acquireOpen(place, writable);
        if (open != null) {
            return open;
        }
        // One opener per place; it waits for the disk, which no loop ever does here.
        synchronized (place) {
            open = acquireOpen(place, writable);
            if (open != null) {
                return open;
            }
            VolumeFile file = place.open(writable);
            try {
                open = new OpenFile(place, file, writable, file.size());
            } catch (IOException e) {
                close(file);
                throw e;
            }
            enter(open).forEach(OpenFiles::close);
            return open;
        }
    }

    /** Enters a new file with one user. Returns what must be closed for it. */
    private List<VolumeFile> enter(OpenFile entered) {
        List<VolumeFile> toClose = new ArrayList<>(1);
        lock.lock();
        try {
            OpenFile old = entered.place.current;
            if (old != null) {
                retire(old, toClose);
            }
            entered.place.current = entered;
            entered.users = 1;
            count++;
            while (count > limit && !unused.isEmpty()) {
                retire(unused.getFirst(), toClose);
            }
        } finally {
            lock.unlock();
        }
        return toClose;
    }

    private void retire(OpenFile open, Collection<VolumeFile> toClose) {
        open.retired = true;
        open.place.current = null;
        if (open.users == 0) {
            unused.remove(open);
            count--;
            toClose.add(open.file);
        }
    }

    /** One user less. Any thread. */
    void release(OpenFile open) {
        boolean last;
        lock.lock();
        try {
            last = --open.users == 0 && open.retired;
            if (last) {
                count--;
            } else if (open.users == 0) {
                unused.add(open);
            }
        } finally {
            lock.unlock();
        }
        if (last) {
            closer.execute(() -> close(open.file));
        }
    }

    /** Closes the handle of a place as soon as nobody uses it. Blocks. */
    void retire(Place place) {
        List<VolumeFile> toClose = new ArrayList<>(1);
        lock.lock();
        try {
            if (place.current != null) {
                retire(place.current, toClose);
            }
        } finally {
            lock.unlock();
        }
        toClose.forEach(OpenFiles::close);
    }

    private static void close(VolumeFile file) {
        try {
            file.close();
        } catch (IOException e) {
            log.warn("closing a file failed: {}", e.getMessage());
        }
    }
}
