package org.bittern.engine.internal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Priority;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.bittern.spi.net.EventLoop;

/**
 * Notices that the files of a torrent, their directory or their mount are gone, and that they are
 * back. Owned by the torrent's loop. Open files may be read and written for long after their
 * directory has gone, so while something moves their names are looked at from time to time.
 */
final class FileWatch {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Looking takes some microseconds per file: it shall not be felt. */
    private static final long LOOK_NANOS_PER_FILE = TimeUnit.MILLISECONDS.toNanos(10);

    private final TorrentCore torrent;
    private final Storage storage;
    private EventLoop.Timer timer = () -> {};
    private long pauseNanos;
    private boolean waiting;
    private boolean looking;
    private long lookedNanos;

    FileWatch(TorrentCore torrent, Storage storage) {
        this.torrent = torrent;
        this.storage = storage;
        lookedNanos = torrent.loop().nanoTime();
    }

    /** Something moves: looks when it is time to. */
    void pulse(long nowNanos) {
        TorrentStore open = storage.ready();
        Content content = torrent.content();
        if (open == null || content == null || looking) {
            return;
        }
        long interval = LOOK_NANOS + content.map().fileCount() * LOOK_NANOS_PER_FILE;
        if (nowNanos - lookedNanos < interval) {
            return;
        }
        lookedNanos = nowNanos;
        looking = true;
        List<Priority> wanted = content.filePriorities();
        open.stat(result -> {
            looking = false;
            if (open.equals(storage.ready())
                    && wanted.equals(content.filePriorities()) // else it judges what was before
                    && result instanceof DiskResult.Ok<List<FileStat>> ok) {
                String missing = storage.trouble().missing(ok.value());
                if (missing != null) {
                    storage.trouble().gone(missing);
                }
            }
        });
    }

    /** The files are gone: waits until they are back. */
    void await() {
        if (!waiting) {
            waiting = true;
            pauseNanos = FIRST_PAUSE_NANOS;
            again();
        }
    }

    private void again() {
        timer = torrent.loop().schedule(pauseNanos, () -> torrent.guard(this::look));
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
    }

    private void look() {
        TorrentStore once = waiting ? storage.openOnce() : null;
        if (once == null) {
            if (waiting) {
                again();
            }
            return;
        }
        once.stat(result -> {
            boolean back =
                    result instanceof DiskResult.Ok<List<FileStat>> ok
                            && storage.trouble().missing(ok.value()) == null;
            storage.giveBack(once, () -> looked(back));
        });
    }

    private void looked(boolean back) {
        if (waiting && back) {
            waiting = false;
            torrent.course().filesAreBack();
        } else if (waiting) {
            again();
        }
    }

    void stop() {
        waiting = false;
        timer.cancel();
    }
}
