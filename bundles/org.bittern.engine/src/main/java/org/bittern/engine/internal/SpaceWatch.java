package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;

/**
 * Waits until a full disk has space again. Owned by the torrent's loop; looks from elsewhere. Space
 * that nobody can use (a quota) would make the torrent start and fail again and again, so the pause
 * doubles with each failure.
 */
final class SpaceWatch {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long ENOUGH_BYTES = 4 << 20;

    private final TorrentCore torrent;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean waiting;
    private EventLoop.Timer timer = () -> {};

    SpaceWatch(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** The disk is full. */
    void wait(Path directory) {
        if (!waiting) {
            waiting = true;
            again(directory);
        }
    }

    private void again(Path directory) {
        timer =
                torrent.loop()
                        .schedule(
                                pauseNanos,
                                () -> surroundings().start("bt-space", () -> look(directory)));
    }

    private Surroundings surroundings() {
        return torrent.session().parts().surroundings();
    }

    private void look(Path directory) {
        long usable = 0;
        try {
            usable = surroundings().usableBytes(directory);
        } catch (IOException e) {
            usable = 0; // the torrent says what is wrong when it is started by hand
        }
        long found = usable;
        torrent.loop().execute(() -> found(directory, found));
    }

    private void found(Path directory, long usable) {
        if (!waiting) {
            return;
        }
        Content content = torrent.content();
        long left = content == null ? 0 : content.wantedBytes() - content.wantedVerifiedBytes();
        if (usable >= Math.min(ENOUGH_BYTES, Math.max(1, left))) {
            waiting = false;
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
            torrent.course().spaceIsBack();
        } else {
            again(directory);
        }
    }

    /** Writing works again. */
    void recovered() {
        stop();
    }

    /** A piece was completed since: the next trouble is a new one. */
    void progressed() {
        pauseNanos = FIRST_PAUSE_NANOS;
    }

    void stop() {
        waiting = false;
        timer.cancel();
    }
}
