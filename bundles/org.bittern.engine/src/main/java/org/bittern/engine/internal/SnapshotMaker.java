package org.bittern.engine.internal;

import java.util.Optional;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/** Makes the snapshots of a torrent. On the torrent's loop. */
final class SnapshotMaker {
    private SnapshotMaker() {}

    static TorrentSnapshot make(TorrentCore torrent, long revision) {
        return new TorrentSnapshot(
                revision,
                torrent.beginning().number(),
                torrent.infoHash(),
                torrent.name(),
                torrent.course().shown(),
                progress(torrent, torrent.content()),
                transfer(torrent),
                swarm(torrent),
                torrent.chronicle().times(torrent.course().shown()),
                torrent.storage().places().destination(),
                torrent.storage().places().snapshot(),
                torrent.turn().seat().position(),
                torrent.turn().snapshot(),
                trouble(torrent),
                torrent.options(),
                torrent.commands().labels());
    }

    private static Optional<TorrentError> trouble(TorrentCore torrent) {
        TorrentError error = torrent.course().error();
        TorrentError files = torrent.storage().relocation().trouble();
        if (error == null && files != null) {
            return Optional.of(files);
        }
        return Optional.ofNullable(error != null ? error : torrent.discovery().trouble());
    }

    private static TorrentSnapshot.Progress progress(
            TorrentCore torrent, @Nullable Content content) {
        if (content == null) {
            return new TorrentSnapshot.Progress(
                    torrent.metadata().progress(), 1, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        PieceMap map = content.map();
        return new TorrentSnapshot.Progress(
                1,
                torrent.storage().progress(),
                content.totalBytes(),
                content.wantedBytes(),
                content.verifiedBytes(),
                content.wantedVerifiedBytes(),
                content.unverifiedBytes(),
                map.pieceCount(),
                content.verified().cardinality(),
                map.pieceLength());
    }

    private static TorrentSnapshot.Transfer transfer(TorrentCore torrent) {
        Tally tally = torrent.tally();
        long now = torrent.loop().nanoTime();
        return new TorrentSnapshot.Transfer(
                tally.downRate(now),
                tally.upRate(now),
                tally.downloaded(),
                tally.uploaded(),
                tally.downloadedEver(),
                tally.uploadedEver(),
                tally.corrupt(),
                tally.wasted(),
                tally.hashFailures());
    }

    private static TorrentSnapshot.Swarm swarm(TorrentCore torrent) {
        int sending = 0;
        int getting = 0;
        int seeds = 0;
        int connected = 0;
        for (PeerSession peer : torrent.swarm().peers()) {
            if (!peer.origin().isWebSeed()) {
                connected++;
                sending += !peer.chokesUs() && peer.outstanding() > 0 ? 1 : 0;
                getting += !peer.up().choking() && peer.up().interested() ? 1 : 0;
                seeds += peer.has().complete() ? 1 : 0;
            }
        }
        return new TorrentSnapshot.Swarm(
                connected,
                sending,
                getting,
                seeds,
                torrent.dialler().known(),
                torrent.swarm().webSeeds().open(),
                torrent.swarm().limit(),
                origins(torrent),
                torrent.discovery().estimate());
    }

    private static TorrentSnapshot.Origins origins(TorrentCore torrent) {
        if (torrent.swarm().peers().isEmpty()) {
            return TorrentSnapshot.Origins.NONE;
        }
        OriginCount count = new OriginCount();
        for (PeerSession peer : torrent.swarm().peers()) {
            if (!peer.origin().isWebSeed()) {
                count.add(peer.origin().source());
            }
        }
        return count.sum();
    }
}
