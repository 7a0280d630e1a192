package org.bittern.engine.internal;

import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.DiskSync;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * What the files of a torrent were when we last wrote to them: what is different later was done by
 * somebody else. Owned by the torrent's loop.
 */
final class FileNotes {
    private final SessionScope session;
    private List<FileStat> files = List.of();
    private boolean lost; // what was written may be nowhere, until the files are open anew

    FileNotes(SessionScope session) {
        this.session = session;
    }

    /** One per file; empty: never seen. */
    List<FileStat> files() {
        return files;
    }

    /** The files are open, and what had to be checked of them was. */
    void set(List<FileStat> seen) {
        files = List.copyOf(seen);
        lost = false;
    }

    /**
     * Notes what is there now, once it survives a loss of power, if that is wished.
     *
     * <p>When a sync fails nothing is known of the files any more: the system has dropped what it
     * could not write, and the next sync would succeed.
     *
     * @param failed gets why what was written may be lost
     * @param done runs in any case, after that
     */
    void take(TorrentStore open, Consumer<DiskResult.Failed<Void>> failed, Runnable done) {
        if (session.setting(EngineSettings.DISK_SYNC) == DiskSync.NEVER) {
            look(open, done);
            return;
        }
        open.sync(synced -> {
            if (synced instanceof DiskResult.Failed<Void> failure
                    && failure.kind() != Kind.CLOSED) {
                if (failure.kind() != Kind.MISSING) {
                    files = List.of();
                    lost = true;
                }
                look(
                        open,
                        () -> {
                            failed.accept(failure);
                            done.run();
                        });
            } else {
                look(open, done);
            }
        });
    }

    private void look(TorrentStore open, Runnable done) {
        open.stat(stats -> {
            if (!lost && stats instanceof DiskResult.Ok<List<FileStat>> ok) {
                files = List.copyOf(ok.value());
            }
            done.run();
        });
    }
}
