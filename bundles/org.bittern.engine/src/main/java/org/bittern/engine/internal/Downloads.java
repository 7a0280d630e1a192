package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.DiskSync;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a torrent's blocks into verified pieces. Owned by the torrent's loop.
 *
 * <p>Blocks go to the store as they come; once the last one of a piece was handed over, the store
 * is asked for its verdict, which it gives when the piece is in its files. Only then does anybody
 * hear that we have it.
 */
final class Downloads {
    private static final Logger log = LoggerFactory.getLogger(Downloads.class);

    private final TorrentCore torrent;
    private final Blame blame;
    private final Demands demands;
    private final Inquests inquests;
    private int verifying;
    private @Nullable TorrentStore distrusted; // null unless a sync has failed

    Downloads(TorrentCore torrent) {
        this.torrent = torrent;
        blame = new Blame(torrent);
        demands = new Demands(torrent);
        inquests = new Inquests(torrent, this);
    }

    Demands demands() {
        return demands;
    }

    Blame blame() {
        return blame;
    }

    Inquests inquests() {
        return inquests;
    }

    /** Pieces were checked: what was known of their blocks is void. */
    void checked() {
        inquests.forget();
        demands.refresh();
    }

    /** Gives a block that is wanted to the store. Takes over the reference. */
    void store(int piece, int block, PooledBuffer data, boolean completesPiece) {
        TorrentStore store = torrent.openStore();
        if (store == null) {
            data.release();
            torrent.requireContent().blockLost(piece, block);
            return;
        }
        store.write(
                piece,
                block * PieceMap.BLOCK,
                data,
                result -> written(store, piece, block, result));
        if (completesPiece) {
            verify(piece);
        }
        torrent.session().pressure().afterWrite(torrent);
        torrent.touch();
    }

    private void written(TorrentStore store, int piece, int block, DiskResult<Void> result) {
        Content content = torrent.content();
        if (content == null || store.equals(distrusted)) {
            return;
        }
        switch (result) {
            // also while the files are closed: the next run need not fetch it again
            case DiskResult.Ok<Void> ignored -> {
                content.picker().written(piece, block);
                torrent.keeper().written();
            }
            case DiskResult.Failed<Void> failed -> {
                if (torrent.removed()) {
                    return;
                }
                content.blockLost(piece, block);
                if (store.equals(torrent.openStore())) {
                    torrent.storage().failed(failed);
                }
                torrent.swarm().workFreed();
            }
        }
    }

    /** Asks for the verdict on a piece whose blocks are all at the store. */
    void verify(int piece) {
        TorrentStore store = torrent.openStore();
        if (store != null) {
            verifying++;
            store.verify(piece, result -> verdict(store, piece, result));
        }
    }

    /** What the store is still asked for is void: it could not keep what it wrote. */
    void distrust(TorrentStore store) {
        distrusted = store;
    }

    /** Pieces whose verdict is awaited. */
    int verifying() {
        return verifying;
    }

    private void verdict(TorrentStore store, int piece, DiskResult<Boolean> result) {
        verifying--;
        Content content = torrent.content();
        if (content == null || torrent.removed() || store.equals(distrusted)) {
            return;
        }
        switch (result) {
            case DiskResult.Ok<Boolean> ok -> {
                if (content.verified().get(piece)) {
                    return;
                }
                if (ok.value()) {
                    durable(store, piece, content);
                } else {
                    bad(content, piece);
                }
            }
            case DiskResult.Failed<Boolean> failed -> failed(store, content, piece, failed);
        }
    }

    private void failed(
            TorrentStore store, Content content, int piece, DiskResult.Failed<?> failure) {
        inquests.settled(piece);
        content.failed(piece);
        if (store.equals(torrent.openStore())) {
            torrent.storage().failed(failure);
        }
        torrent.swarm().workFreed();
    }

    /** A good piece counts when it is as safe as is wished. */
    private void durable(TorrentStore store, int piece, Content content) {
        if (torrent.session().setting(EngineSettings.DISK_SYNC) != DiskSync.PIECE) {
            torrent.storage().notes().came(piece);
            good(content, piece);
            return;
        }
        verifying++;
        store.sync(result -> {
            verifying--;
            if (torrent.removed() || content.verified().get(piece) || store.equals(distrusted)) {
                return;
            }
            switch (result) {
                case DiskResult.Ok<Void> _ -> good(content, piece);
                case DiskResult.Failed<Void> failed -> {
                    failed(store, content, piece, failed);
                    torrent.storage().trouble().unsynced(store, failed);
                }
            }
        });
    }

    private void good(Content content, int piece) {
        inquests.settled(piece);
        blame.good(piece);
        boolean before = content.finished();
        content.verified(piece);
        torrent.storage().trouble().progressed(content.map().lengthOf(piece));
        torrent.swarm().news().verified(piece);
        demands.verified(piece);
        torrent.keeper().changed();
        torrent.touch();
        if (!before && content.finished()) {
            torrent.course().finishedDownload();
        }
    }

    private void bad(Content content, int piece) {
        log.debug("{} piece {} is bad", torrent.infoHash().shortHex(), piece);
        if (!inquests.begin(content, piece)) {
            condemn(content, piece);
        }
    }

    /** All of a bad piece must come again: nobody knows which of its blocks are bad. */
    void condemn(Content content, int piece) {
        torrent.tally().failed(content.map().lengthOf(piece));
        blame.bad(piece);
        content.failed(piece);
        torrent.swarm().workFreed();
        torrent.touch();
    }

    /**
     * Some blocks of a bad piece must come again; the others are good.
     *
     * @param senders per block, null where it is not known
     */
    void convict(
            Content content, int piece, List<@Nullable InetSocketAddress> senders, BitSet bad) {
        log.debug("{} blocks {} of piece {} are bad", torrent.infoHash().shortHex(), bad, piece);
        PieceMap map = content.map();
        torrent.tally().failed(bad.stream().map(block -> map.blockLength(piece, block)).sum());
        bad.stream().forEach(block -> content.blockLost(piece, block));
        blame.proved(senders, bad);
        torrent.swarm().workFreed();
        torrent.touch();
    }

    /** The blocks of a piece are good, whatever its hash was: no peer is to blame. */
    void judgeAgain(Content content, int piece) {
        if (torrent.openStore() == null) {
            content.failed(piece);
            torrent.swarm().workFreed();
        } else {
            verify(piece);
        }
    }
}
