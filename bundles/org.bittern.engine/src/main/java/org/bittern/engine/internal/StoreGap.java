package org.bittern.engine.internal;

import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;

/**
 * The time between two disk stores, when one is exchanged for another under a running torrent.
 * Owned by the torrent's loop.
 *
 * <p>Links are kept and are not read: what is asked for and on its way waits in the sockets, what
 * peers asked for waits here, and nobody is told anything. When the next store has opened the files
 * all of it goes on. Only if none comes for {@link #PATIENCE_NANOS} is everything taken back, so
 * that others may send and ask elsewhere; links stay even then.
 */
final class StoreGap {
    /** Shorter than the patience of peers, longer than a bundle needs to be read again. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TorrentCore torrent;
    private boolean open;
    private EventLoop.Timer timer = () -> {};

    StoreGap(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** True while requests of both sides are kept for the next store. */
    boolean isOpen() {
        return open;
    }

    /** The store has gone while blocks went both ways. */
    void begin() {
        if (!open) {
            open = true;
            torrent.swarm().reading().storeless(true);
            timer = torrent.loop().schedule(PATIENCE_NANOS, () -> torrent.guard(this::giveUp));
        }
    }

    /** The files are open again, or nobody waits for them any more. */
    void end() {
        if (open) {
            open = false;
            timer.cancel();
            torrent.swarm().reading().storeless(false);
        }
    }

    private void giveUp() {
        end();
        torrent.course().presence().stopTransfers();
        torrent.course().mayHaveChanged();
    }
}
