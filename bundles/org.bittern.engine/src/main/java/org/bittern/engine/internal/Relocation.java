package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineException;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the files of a torrent as a whole, open or not: selecting, moving, renaming,
 * deleting. Owned by the torrent's loop. Each {@code done} gets null, or what went wrong.
 */
final class Relocation {
    private final TorrentCore torrent;
    private final Storage storage;

    Relocation(TorrentCore torrent) {
        this.torrent = torrent;
        storage = torrent.storage();
    }

    /** Tells the store which files are wanted. */
    void priorities(Consumer<@Nullable EngineException> done) {
        TorrentStore open = storage.ready();
        if (open == null) {
            done.accept(null); // it is told when it opens
        } else {
            open.priorities(
                    torrent.requireContent().filePriorities(),
                    result -> done.accept(problem(result)));
        }
    }

    /** Changes where the files lie. */
    void move(Path target, boolean moveData, Consumer<@Nullable EngineException> done) {
        if (!moveData || (storage.known().isEmpty() && storage.isClosed())) {
            lookThere(target);
            done.accept(null);
            return;
        }
        TorrentStore open = storage.ready();
        TorrentStore once = open == null ? storage.openOnce() : null;
        TorrentStore store = open == null ? once : open;
        if (store == null) {
            done.accept(busy());
            return;
        }
        store.move(
                target,
                result -> {
                    EngineException problem = problem(result);
                    if (problem == null) {
                        storage.movedTo(target);
                    }
                    closeAfter(once, problem, done);
                });
    }

    private void lookThere(Path target) {
        boolean wasClosed = storage.isClosed();
        storage.movedTo(target);
        storage.forget();
        if (!wasClosed) {
            torrent.course().recheck();
        }
    }

    /** Renames one file. */
    void rename(int file, List<String> path, Consumer<@Nullable EngineException> done) {
        TorrentStore open = storage.ready();
        TorrentStore once = open == null ? storage.openOnce() : null;
        TorrentStore store = open == null ? once : open;
        if (store == null) {
            done.accept(busy());
            return;
        }
        store.rename(
                file,
                path,
                result -> {
                    EngineException problem = problem(result);
                    if (problem == null) {
                        storage.renamed().put(file, path);
                    }
                    closeAfter(once, problem, done);
                });
    }

    /** Closes and deletes the files. */
    void delete(Consumer<@Nullable EngineException> done) {
        storage.close(() -> {
            TorrentStore once = storage.openOnce();
            if (once == null) {
                done.accept(null); // a magnet link without metadata has no files
            } else {
                once.delete(result -> done.accept(problem(result)));
            }
        });
    }

    private static void closeAfter(
            @Nullable TorrentStore once,
            @Nullable EngineException problem,
            Consumer<@Nullable EngineException> done) {
        if (once == null) {
            done.accept(problem);
        } else {
            once.close(closed -> done.accept(problem));
        }
    }

    private static EngineException busy() {
        return new EngineException(
                EngineException.Code.DISK, "the files are busy, try again later");
    }

    private static @Nullable EngineException problem(DiskResult<?> result) {
        return result instanceof DiskResult.Failed<?> failed
                ? new EngineException(EngineException.Code.DISK, failed.message())
                : null;
    }
}
