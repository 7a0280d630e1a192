package org.bittern.engine.internal;

import java.util.BitSet;
import java.util.List;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.TorrentError;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.PieceMap.Span;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a torrent whose files cannot be read or written: it stops, and goes on by itself
 * when there is space again, or when what was gone is back. Owned by the torrent's loop.
 */
final class DiskTrouble {
    private static final Logger log = LoggerFactory.getLogger(DiskTrouble.class);

    private final TorrentCore torrent;
    private final Storage storage;
    private final SpaceWatch space;
    private final FileWatch watch;
    private final BitSet doubts = new BitSet(); // pieces; until they are checked

    DiskTrouble(TorrentCore torrent, Storage storage) {
        this.torrent = torrent;
        this.storage = storage;
        space = new SpaceWatch(torrent);
        watch = new FileWatch(torrent, storage);
    }

    /** An operation failed, and not because the store is closed. */
    void failed(DiskResult.Failed<?> failure) {
        switch (failure.kind()) {
            case FULL -> {
                if (!storage.isReady()) {
                    // A move to another disk begins with files that are open or closed.
                    storage.close(storage.relocation()::goOn);
                }
                torrent.course().fail(TorrentError.Kind.DISK_FULL, failure.message());
                space.await();
            }
            case MISSING -> gone(failure.message());
            case DENIED, IO, CLOSED ->
                    torrent.course().fail(TorrentError.Kind.DISK_ERROR, failure.message());
        }
    }

    /** A verified piece cannot be read, and is checked before it is believed again. */
    void unreadable(int piece) {
        Content content = torrent.requireContent();
        PieceMap map = content.map();
        doubts.set(piece);
        for (Span span : map.spans(piece, 0, map.lengthOf(piece))) {
            if (!span.pad() && content.filePriorities().get(span.file()) == Priority.SKIP) {
                // When it is gone nobody misses it, so the torrent goes on: it is asked for once.
                doubts.set(map.firstPiece(span.file()), map.lastPiece(span.file()) + 1);
            }
        }
    }

    /** Adds the pieces that could not be read to those that must be checked. */
    Bitfield doubted(Bitfield suspects) {
        Bitfield verified = torrent.requireContent().verified();
        doubts.stream().filter(verified::get).forEach(suspects::set);
        return suspects;
    }

    /** What these pieces are is known. */
    void checked(Bitfield pieces) {
        for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
            doubts.clear(piece);
        }
    }

    /** Makes what was written survive a loss of power, as is wished, and looks at the files. */
    void sync(TorrentStore open, Runnable done) {
        storage.notes().take(open, failed -> unsynced(open, failed), space::kept, done);
    }

    /**
     * A sync failed, and the torrent stops. The system may have dropped what it could not write,
     * would say that the next sync worked, and may show what it dropped for as long as it is
     * cached, so that a check proves nothing: what came since the last sync must come again.
     *
     * @param by may have been left meanwhile
     */
    void unsynced(TorrentStore by, DiskResult.Failed<?> failure) {
        if (failure.kind() == DiskResult.Kind.CLOSED) {
            return;
        }
        log.warn("{}: {}; what came since comes again", torrent.name(), failure.message());
        torrent.downloadsOf().distrust(by);
        int count = torrent.requireContent().map().pieceCount();
        Bitfield lost = new Bitfield(count);
        storage.notes().takeUnsynced().stream().forEach(lost::set);
        torrent.checked(lost, new Bitfield(count), true);
        torrent.touch();
        if (storage.uses(by)) {
            storage.close(() -> {});
            failed(failure);
        }
    }

    /** What is gone of what was there; null when nothing is. */
    @Nullable String missing(List<FileStat> stats) {
        return new Inspection(
                        torrent.requireContent(), storage.places(), torrent.session().random())
                .missing(storage.known(), stats);
    }

    /** Files are gone. Nothing is downloaded again by itself. */
    void gone(String message) {
        storage.close(() -> {});
        torrent.course().fail(TorrentError.Kind.STORE_MISSING, message);
        watch.await();
    }

    /** Something moves: from time to time the files are looked at. */
    void pulse(long nowNanos) {
        watch.pulse(nowNanos);
    }

    /** The files are open. */
    void recovered() {
        watch.stop();
        space.recovered();
    }

    /**
     * None of the files is there, and nobody knows of any: what is claimed of them is void. They
     * are made, unless the torrent was only to be checked.
     *
     * @param asked somebody wanted a check
     */
    void nothingThere(boolean asked) {
        Content content = torrent.requireContent();
        int pieces = content.map().pieceCount();
        if (asked || !content.verified().isEmpty()) {
            torrent.checked(Bitfield.full(pieces), new Bitfield(pieces), true);
        }
        if (torrent.course().mayCreateFiles() && torrent.course().intent() != Start.STOPPED) {
            storage.prepare();
        } else {
            storage.close(() -> {});
            torrent.course().mayHaveChanged();
        }
    }

    /** A piece was completed: writing works. */
    void progressed(int bytes) {
        space.progressed(bytes);
    }

    /** The files were moved. */
    void arrived() {
        space.arrived();
    }

    /** Waits for nothing any more. */
    void stop() {
        space.stop();
        watch.stop();
    }
}
