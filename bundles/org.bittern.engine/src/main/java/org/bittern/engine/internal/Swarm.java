package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.TorrentOptions;
import org.jspecify.annotations.Nullable;

/**
 * The peers of a torrent. Owned by the torrent's loop. Who may join is decided in {@link
 * Reception}, who gets blocks in {@link UploadSlots}, and what they hear of our pieces is in {@link
 * PieceNews}.
 */
final class Swarm {
    private final TorrentCore torrent;
    private final Reception reception;
    private final PieceNews news;
    private final UploadSlots slots;
    private final SuperSeeder superSeeder;
    private final WebSeeds webSeeds;
    private final Reading reading = new Reading(this);
    private final Turnover turnover = new Turnover();
    private final Handovers handovers;
    private final List<PeerSession> peers = new ArrayList<>();
    private boolean workDue;

    Swarm(TorrentCore torrent) {
        this.torrent = torrent;
        reception = new Reception(torrent, this);
        news = new PieceNews(torrent, this);
        slots = new UploadSlots(torrent, this);
        superSeeder = new SuperSeeder(torrent);
        webSeeds = new WebSeeds(torrent);
        handovers = new Handovers(torrent);
    }

    /** Peers with a finished handshake; not to be changed. */
    List<PeerSession> peers() {
        return peers;
    }

    Reception reception() {
        return reception;
    }

    PieceNews news() {
        return news;
    }

    UploadSlots slots() {
        return slots;
    }

    SuperSeeder superSeeder() {
        return superSeeder;
    }

    WebSeeds webSeeds() {
        return webSeeds;
    }

    Handovers handovers() {
        return handovers;
    }

    Reading reading() {
        return reading;
    }

    /** Peers, dials and handshakes. */
    int size() {
        return peers.size() + reception.size();
    }

    boolean isEmpty() {
        return peers.isEmpty() && reception.size() == 0;
    }

    int limit() {
        int own = torrent.options().get(TorrentOptions.MAX_CONNECTIONS);
        return own > 0 ? own : torrent.session().setting(EngineSettings.PEER_LIMIT_PER_TORRENT);
    }

    /** Whether no block has gone over a peer's link for minutes, and none is asked for. */
    boolean isSilent(PeerSession peer) {
        return turnover.isSilent(peer, peer.movedBytes())
                && peer.down().outstanding() == 0
                && peer.up().requests() == 0;
    }

    // ---- coming and going

    /**
     * The handshake is done.
     *
     * @return why the link must be closed, null when it is welcome
     */
    @Nullable String opened(PeerSession peer) {
        String refusal = reception.opened(peer);
        if (refusal != null) {
            return refusal;
        }
        peers.add(peer);
        torrent.dialler().connected(peer);
        if (reading.suspended()) {
            peer.link().suspendReading(true);
        }
        return null;
    }

    void closed(PeerSession peer) {
        boolean was = peers.remove(peer);
        reception.closed(peer);
        if (was) {
            peer.has().forget();
            superSeeder.gone(peer);
            if (torrent.content() == null) {
                torrent.metadata().gone(peer);
                torrent.hashes().gone(peer);
            } else {
                torrent.downloadsOf().inquests().gone(peer);
            }
            if (!peer.up().choking()) {
                slots.interestChanged();
            }
            workFreed();
            torrent.touch();
        }
        torrent.dialler().closed(peer, was);
    }

    void closeAll(String reason) {
        for (PeerSession peer : List.copyOf(peers)) {
            peer.close(reason);
        }
        torrent.dialler().abort();
        reception.closeAll();
    }

    /** The list of addresses that must not be talked to has changed. */
    void filtersChanged() {
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isBlocked()) {
                peer.close("blocked");
            }
        }
        reception.filtersChanged();
    }

    /** Sends away those who are beyond the limit, the least useful ones first. */
    void shrink() {
        List<PeerSession> byUse = new ArrayList<>(peers);
        long now = torrent.loop().nanoTime();
        byUse.sort(
                Comparator.comparingLong(
                        peer -> peer.down().rate().rate(now) + peer.up().rate().rate(now)));
        for (int i = 0; i < byUse.size() - limit(); i++) {
            byUse.get(i).close("too many connections");
        }
    }

    // ---- use

    /** Everything that is wanted is there: seeds are of no more use. */
    void finished() {
        news.tell();
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isOpen()) {
                peer.extension().tellWants();
                peer.down().reconsider();
                gained(peer);
            }
        }
        slots.interestChanged();
    }

    /** A peer has more than before, or wants less: is the link still of use? */
    void gained(PeerSession peer) {
        Content content = torrent.content();
        if (peer.has().complete()) {
            torrent.dialler().seed(peer, true);
        }
        if (content != null
                && content.finished()
                && torrent.storage().isReady()
                && (peer.has().complete() || peer.extension().uploadOnly())
                && peer.isOpen()) {
            peer.close("nobody needs anything");
        }
    }

    /** Blocks became free: somebody else may be asked for them. */
    void workFreed() {
        if (!workDue) {
            workDue = true;
            torrent.loop().execute(this::giveWork);
        }
    }

    private void giveWork() {
        workDue = false;
        torrent.downloadsOf().demands().giveWork(List.copyOf(peers));
    }

    /** Once a second while there are peers. */
    void pulse(long nowNanos) {
        superSeeder.pulse();
        turnover.pulse(this, nowNanos);
        Content content = torrent.content();
        if (content != null) {
            content.picker().pulse(nowNanos);
        }
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isOpen()) {
                peer.down().pulse();
                peer.extension().pulse(nowNanos);
            }
        }
        slots.pulse(nowNanos);
    }
}
