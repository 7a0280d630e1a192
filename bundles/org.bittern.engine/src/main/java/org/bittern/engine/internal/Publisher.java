package org.bittern.engine.internal;

import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the snapshots of a torrent: at once when its state changes, at most ten times a second
 * while it moves, never otherwise. Owned by the torrent's loop.
 */
final class Publisher {
    private final TorrentCore torrent;
    private @Nullable TorrentHandle handle; // null until the torrent was registered
    private boolean scheduled;
    private long lastNanos;
    private EventLoop.Timer timer = () -> {};

    Publisher(TorrentCore torrent) {
        this.torrent = torrent;
    }

    void attach(TorrentHandle published) {
        handle = published;
        lastNanos = torrent.loop().nanoTime();
    }

    /** Something moved: a snapshot comes soon. Called for every block. */
    void touch() {
        if (!scheduled) {
            scheduled = true;
            long since = torrent.loop().nanoTime() - lastNanos;
            long wait = SessionScope.SNAPSHOT_INTERVAL.toNanos() - since;
            timer = torrent.loop().schedule(Math.max(0, wait), this::now);
        }
    }

    /** Publishes at once. */
    void now() {
        timer.cancel();
        scheduled = false;
        lastNanos = torrent.loop().nanoTime();
        TorrentHandle target = handle;
        if (target == null || torrent.removed()) {
            return;
        }
        target.published(publish(target.snapshot()));
    }

    private TorrentSnapshot publish(TorrentSnapshot before) {
        return torrent.session().changes().publish(before.revision(), torrent::snapshot);
    }

    void stop() {
        timer.cancel();
        scheduled = true; // nothing is published any more
    }
}
