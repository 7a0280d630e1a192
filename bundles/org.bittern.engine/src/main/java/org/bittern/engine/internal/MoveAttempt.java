package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * One attempt of a store to move the files of a torrent. Owned by the torrent's loop; used once.
 * When files are gone nothing is moved: nobody would wait any more for what comes back at the old
 * place.
 */
final class MoveAttempt {
    private final TorrentCore torrent;
    private final TorrentStore store;
    private final Path target;
    private TorrentStore.Cancellation moving = () -> {};
    private boolean cancelled;

    MoveAttempt(TorrentCore torrent, TorrentStore store, Path target) {
        this.torrent = torrent;
        this.store = store;
        this.target = target;
    }

    /** Looks whether the files are there, and moves them. */
    void begin(Consumer<DiskResult<Void>> done) {
        store.stat(stats -> {
            String missing =
                    stats instanceof DiskResult.Ok<List<FileStat>> ok
                            ? torrent.storage().trouble().missing(ok.value())
                            : null; // moving them will say what is wrong
            if (cancelled) {
                done.accept(
                        new DiskResult.Failed<>(DiskResult.Kind.CLOSED, "the move was cancelled"));
            } else if (missing != null) {
                done.accept(new DiskResult.Failed<>(DiskResult.Kind.MISSING, missing));
            } else {
                moving = torrent.storage().places().move(store, target, this::progressed, done);
            }
        });
    }

    private void progressed(long bytes, long of) {
        torrent.storage().places().moved(of == 0 ? 1 : (double) bytes / of);
        torrent.touch();
    }

    /** Ends it, or keeps it from beginning. */
    void cancel() {
        cancelled = true;
        moving.cancel();
    }
}
