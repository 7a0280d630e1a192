package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.DiskSync;
import org.bittern.api.engine.TorrentError;
import org.bittern.spi.net.EventLoop;

/**
 * Stops a download before the space is used that shall stay free, and waits until a full disk has
 * space again. Owned by the torrent's loop; looks from elsewhere. Space that nobody can use (a
 * quota) would make the torrent start and fail again and again, so the pause doubles with each
 * failure.
 */
final class SpaceWatch {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long ENOUGH_BYTES = 4 << 20;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MIB_SHIFT = 20;

    private final TorrentCore torrent;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean waiting;
    private int asked; // answers to earlier looks are void
    private boolean looking; // at what is left
    private long allowedBytes; // may come before we look again
    private long lookedNanos;
    private EventLoop.Timer timer = () -> {};

    SpaceWatch(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** The disk is full. */
    void await() {
        if (!waiting) {
            waiting = true;
            again();
        }
    }

    private void again() {
        timer = torrent.loop().schedule(pauseNanos, this::look);
    }

    /** The files are elsewhere now: maybe on a disk that has space. */
    void arrived() {
        if (waiting) {
            timer.cancel();
            look();
        }
    }

    private Surroundings surroundings() {
        return torrent.session().parts().surroundings();
    }

    /** Where the files are at this moment: they may be moved while it waits. */
    private Path directory() {
        return torrent.storage().places().directory();
    }

    private void look() {
        int question = ++asked;
        Path directory = directory();
        surroundings()
                .look(
                        directory,
                        () -> {
                            long usable = usable(directory);
                            torrent.loop().execute(() -> found(question, usable));
                        });
    }

    private long usable(Path directory) {
        try {
            return surroundings().usableBytes(directory);
        } catch (IOException e) {
            return 0; // the torrent says what is wrong when it is started by hand
        }
    }

    private void found(int question, long usable) {
        if (!waiting || question != asked) {
            return;
        }
        if (usable - reserve() >= Math.min(ENOUGH_BYTES, Math.max(1, left()))) {
            waiting = false;
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
            torrent.course().spaceIsBack();
        } else {
            again();
        }
    }

    private long left() {
        Content content = torrent.content();
        return content == null ? 0 : content.wantedBytes() - content.wantedVerifiedBytes();
    }

    private long reserve() {
        return (long) torrent.session().setting(EngineSettings.DISK_RESERVE_MIB) << MIB_SHIFT;
    }

    /** Writing works again. */
    void recovered() {
        stop();
        allowedBytes = 0;
        lookAtReserve();
    }

    /** What came is on the disk: the next trouble is a new one. */
    void kept() {
        pauseNanos = FIRST_PAUSE_NANOS;
    }

    /** A piece was completed. */
    void progressed(int bytes) {
        if (torrent.session().setting(EngineSettings.DISK_SYNC) != DiskSync.PERIODIC) {
            kept(); // it is synced already, or never will be
        }
        allowedBytes -= bytes;
        if (allowedBytes < 0 || torrent.loop().nanoTime() - lookedNanos >= LOOK_NANOS) {
            lookAtReserve();
        }
    }

    private void lookAtReserve() {
        if (reserve() == 0 || looking || left() == 0) {
            return;
        }
        looking = true;
        lookedNanos = torrent.loop().nanoTime();
        Path directory = directory();
        surroundings()
                .look(
                        directory,
                        () -> {
                            long usable = usable(directory);
                            torrent.loop()
                                    .execute(() -> torrent.guard(() -> left(directory, usable)));
                        });
    }

    private void left(Path directory, long usable) {
        looking = false;
        long reserve = reserve();
        if (usable >= reserve) {
            allowedBytes = (usable - reserve) / 2; // others write, too
        } else if (directory.equals(directory()) && left() > 0 && torrent.course().downloads()) {
            torrent.course()
                    .fail(
                            TorrentError.Kind.DISK_FULL,
                            "%d MiB are free in %s, %d shall stay free: it goes on with more space"
                                    .formatted(
                                            usable >> MIB_SHIFT, directory, reserve >> MIB_SHIFT));
            await();
        }
    }

    void stop() {
        waiting = false;
        timer.cancel();
    }
}
