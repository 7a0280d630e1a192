package org.bittern.engine.internal;

import java.util.BitSet;
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
    private final BitSet unsynced = new BitSet(); // pieces that came since the last sync began
    private final BitSet syncing = new BitSet(); // those of syncs that have not ended well yet
    private int underWay; // syncs

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

    /** A piece came and was found good, and nothing has made sure that it is on the disk. */
    void came(int piece) {
        unsynced.set(piece);
    }

    /** Forgets, and returns, the pieces that came since the last sync that worked. */
    BitSet takeUnsynced() {
        BitSet pieces = (BitSet) unsynced.clone();
        pieces.or(syncing);
        unsynced.clear();
        syncing.clear();
        return pieces;
    }

    /**
     * Notes what is there now, once it survives a loss of power, if that is wished.
     *
     * @param failed gets why what was written may be lost
     * @param kept pieces that came are on the disk now
     * @param done runs in any case, after that
     */
    void take(
            TorrentStore open,
            Consumer<DiskResult.Failed<Void>> failed,
            Runnable kept,
            Runnable done) {
        if (session.setting(EngineSettings.DISK_SYNC) == DiskSync.NEVER) {
            look(open, done);
            return;
        }
        syncing.or(unsynced);
        unsynced.clear();
        underWay++;
        open.sync(synced -> {
            underWay--;
            if (synced instanceof DiskResult.Ok<Void> && underWay == 0 && !syncing.isEmpty()) {
                syncing.clear(); // not before the last one: the system tells a failure only once
                kept.run();
            }
            if (synced instanceof DiskResult.Failed<Void> failure) {
                failed.accept(failure);
                if (failure.kind() == Kind.MISSING) {
                    done.run(); // what was seen when it was there is what is missed
                    return;
                }
            }
            look(open, done);
        });
    }

    private void look(TorrentStore open, Runnable done) {
        open.stat(stats -> {
            if (stats instanceof DiskResult.Ok<List<FileStat>> ok) {
                set(ok.value());
            }
            done.run();
        });
    }
}
