package org.bittern.engine.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of a torrent that was taken out. Owned by the torrent's loop; used once. While
 * a disk store is exchanged it waits for the next one, as long as links do ({@link StoreGap}): that
 * files were deleted is said only when they are.
 */
final class Deletion {
    private static final Logger log = LoggerFactory.getLogger(Deletion.class);

    private final TorrentCore torrent;
    private final Consumer<@Nullable EngineException> done;
    private final Consumer<Parts.Part> watcher = this::changed;
    private EventLoop.Timer patience = () -> {};
    private boolean waiting; // for a store

    /**
     * Deletes nothing yet.
     *
     * @param done gets null, or what went wrong
     */
    Deletion(TorrentCore torrent, Consumer<@Nullable EngineException> done) {
        this.torrent = torrent;
        this.done = done;
    }

    /** Closes the files and deletes them. */
    void begin() {
        torrent.storage().close(this::closed);
    }

    private void closed() {
        if (torrent.content() == null) {
            done.accept(null); // a magnet link without metadata has no files
            return;
        }
        waiting = true;
        parts().watch(watcher); // before the first look, so that none is missed
        patience =
                torrent.loop().schedule(StoreGap.PATIENCE_NANOS, () -> torrent.guard(this::giveUp));
        delete();
    }

    private Parts parts() {
        return torrent.session().parts();
    }

    /** Any thread. */
    private void changed(Parts.Part part) {
        if (part == Parts.Part.STORE) {
            try {
                torrent.loop().execute(() -> torrent.guard(this::delete));
            } catch (RejectedExecutionException _) {
                parts().unwatch(watcher); // the loop has ended, and nobody waits any more
            }
        }
    }

    private void delete() {
        TorrentStore once = waiting ? torrent.storage().openOnce() : null;
        if (once != null) {
            stopWaiting();
            once.delete(result -> done.accept(Relocation.problem(result)));
        }
    }

    private void giveUp() {
        if (waiting) {
            stopWaiting();
            String message =
                    "no disk store is there to delete the files of %s, they stay in %s"
                            .formatted(torrent.name(), torrent.storage().places().directory());
            log.warn(message);
            done.accept(new EngineException(Code.DISK, message));
        }
    }

    private void stopWaiting() {
        waiting = false;
        patience.cancel();
        parts().unwatch(watcher);
    }
}
