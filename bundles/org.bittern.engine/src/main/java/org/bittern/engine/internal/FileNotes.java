package org.bittern.engine.internal;

import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.DiskSync;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * What the files of a torrent were when we last wrote to them: what is different later was done by
 * somebody else. Owned by the torrent's loop.
 */
final class FileNotes {
    private final SessionScope session;
    private List<FileStat> files = List.of();

    FileNotes(SessionScope session) {
        this.session = session;
    }

    /** One per file; empty: never seen. */
    List<FileStat> files() {
        return files;
    }

    void set(List<FileStat> seen) {
        files = List.copyOf(seen);
    }

    /**
     * Notes what is there now.
     *
     * @param done true when what was written survives a loss of power, as far as that is wished
     */
    void take(TorrentStore open, Consumer<Boolean> done) {
        if (session.setting(EngineSettings.DISK_SYNC) == DiskSync.NEVER) {
            look(open, true, done);
        } else {
            open.sync(synced -> look(open, synced instanceof DiskResult.Ok<Void>, done));
        }
    }

    private void look(TorrentStore open, boolean synced, Consumer<Boolean> done) {
        open.stat(stats -> {
            if (stats instanceof DiskResult.Ok<List<FileStat>> ok) {
                set(ok.value());
            }
            done.accept(synced);
        });
    }
}
