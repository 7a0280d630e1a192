package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.choice.Choker;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/** The peers of a torrent. Owned by the torrent's loop. */
final class Swarm {
    /** So long pieces are collected before peers hear of them. */
    private static final long HAVE_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int FIRST_NEWS = 8;

    /** Incoming handshakes may take this part of the places: one in so many. */
    private static final int GREETING_SHARE = 4;

    private final TorrentCore torrent;
    private final Choker choker;
    private final SuperSeeder superSeeder;
    private final WebSeeds webSeeds;
    private final Reading reading = new Reading(this);
    private final Turnover turnover = new Turnover();
    private final List<PeerSession> peers = new ArrayList<>();
    private final List<PeerSession> greeting = new ArrayList<>(); // handshake not done
    private int[] news = {}; // verified pieces that peers have not heard of
    private int newsCount;
    private long nextRoundNanos;
    private boolean roundDue;
    private boolean workDue;

    Swarm(TorrentCore torrent) {
        this.torrent = torrent;
        choker = new Choker(torrent.session().random());
        superSeeder = new SuperSeeder(torrent);
        webSeeds = new WebSeeds(torrent);
    }

    /** Peers with a finished handshake; not to be changed. */
    List<PeerSession> peers() {
        return peers;
    }

    SuperSeeder superSeeder() {
        return superSeeder;
    }

    WebSeeds webSeeds() {
        return webSeeds;
    }

    Reading reading() {
        return reading;
    }

    /** Peers, dials and handshakes. */
    int size() {
        return peers.size() + greeting.size();
    }

    boolean isEmpty() {
        return peers.isEmpty() && greeting.isEmpty();
    }

    int limit() {
        int own = torrent.options().get(TorrentOptions.MAX_CONNECTIONS);
        return own > 0 ? own : torrent.session().setting(EngineSettings.PEER_LIMIT_PER_TORRENT);
    }

    // ---- coming

    /** A peer dialled us; null when it is not welcome. */
    @Nullable PeerSession welcome(Connection connection) {
        InetSocketAddress remote = connection.remote();
        dropIdleGreeting();
        if (!torrent.networked()
                || size() >= limit()
                || torrent.session().parts().blocked(remote.getAddress())
                || !torrent.session().budget().accept()) {
            return null;
        }
        if (!torrent.dialler().admit(remote)) {
            torrent.session().budget().gone();
            return null;
        }
        PeerSession peer = new PeerSession(torrent, PeerOrigin.incoming(remote), connection);
        greeting.add(peer);
        torrent.wake();
        return peer;
    }

    /**
     * Those who begin a handshake and do not end it must not take all the places: the oldest goes.
     * A good peer needs milliseconds.
     */
    private void dropIdleGreeting() {
        PeerSession oldest = null;
        int incoming = 0;
        for (PeerSession peer : greeting) {
            if (peer.origin().dial() == null) {
                incoming++;
                oldest = oldest == null ? peer : oldest;
            }
        }
        if (oldest != null && incoming >= Math.max(1, limit() / GREETING_SHARE)) {
            oldest.discard();
        }
    }

    /** We dial a peer; it is counted in the session's budget already. */
    void dialling(PeerSession peer) {
        greeting.add(peer);
        torrent.wake();
    }

    /**
     * The handshake is done.
     *
     * @return why the link must be closed, null when it is welcome
     */
    @Nullable String opened(PeerSession peer) {
        greeting.remove(peer);
        String refusal = refusal(peer);
        if (refusal != null) {
            torrent.dialler().refused(peer, isOurselves(peer));
            return refusal;
        }
        peers.add(peer);
        torrent.dialler().connected(peer);
        if (reading.suspended()) {
            peer.link().suspendReading(true);
        }
        return null;
    }

    private boolean isOurselves(PeerSession peer) {
        return Arrays.equals(peer.link().peerId(), torrent.peerId());
    }

    private @Nullable String refusal(PeerSession peer) {
        byte[] id = peer.link().peerId();
        if (isOurselves(peer)) {
            return "connected to ourselves";
        }
        for (PeerSession other : peers) {
            if (Arrays.equals(other.link().peerId(), id)) {
                if (keepsFirst(other.link(), peer.link())) {
                    return "connected already";
                }
                other.close("connected a second time");
                break;
            }
        }
        if (torrent.isPrivate() && peer.origin().isHearsay()) {
            return "the torrent is private"; // that was not known when it was dialled
        }
        return torrent.networked() ? null : "the torrent is stopped";
    }

    /**
     * Of two links with one peer, both sides must keep the same: that which the side with the
     * greater id dialled; of two from one side the older.
     */
    private boolean keepsFirst(PeerLink first, PeerLink second) {
        if (first.incoming() == second.incoming()) {
            return true;
        }
        boolean weAreGreater = Arrays.compareUnsigned(torrent.peerId(), first.peerId()) > 0;
        return first.incoming() != weAreGreater;
    }

    // ---- going

    void closed(PeerSession peer) {
        boolean was = peers.remove(peer);
        greeting.remove(peer);
        if (was) {
            peer.has().forget();
            superSeeder.gone(peer);
            if (torrent.content() == null) {
                torrent.metadata().gone(peer);
                torrent.hashes().gone(peer);
            }
            if (!peer.up().choking()) {
                interestChanged();
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
        for (PeerSession peer : List.copyOf(greeting)) {
            peer.discard();
        }
    }

    // ---- pieces

    /** A piece is verified: peers hear of it soon. */
    void verified(int piece) {
        if (newsCount == news.length) {
            news = Arrays.copyOf(news, Math.max(FIRST_NEWS, 2 * newsCount));
        }
        news[newsCount++] = piece;
        if (newsCount == 1) {
            torrent.loop().schedule(HAVE_DELAY_NANOS, this::tellNews);
        }
    }

    /** Pieces that peers believe to be here are not (lt_donthave). */
    void lost(Bitfield pieces) {
        for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
            PeerMessage.DontHave lost = new PeerMessage.DontHave(piece);
            for (PeerSession peer : peers) {
                if (peer.isOpen()) {
                    peer.link().send(lost);
                }
            }
        }
    }

    void tellNews() {
        for (int i = 0; i < newsCount; i++) {
            PeerMessage.Have have = new PeerMessage.Have(news[i]);
            for (PeerSession peer : peers) {
                if (peer.isOpen()) {
                    peer.link().send(have);
                }
            }
        }
        newsCount = 0;
    }

    /** Peers of a magnet link were told that we have nothing; now we know better. */
    void tellWhatWasThere() {
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isOpen()) {
                peer.has().correctOurs();
            }
        }
    }

    /** Everything that is wanted is there: seeds are of no more use. */
    void finished() {
        tellNews();
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isOpen()) {
                peer.extension().tellWants();
                peer.down().reconsider();
                gained(peer);
            }
        }
        interestChanged();
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

    /** The list of addresses that must not be talked to has changed. */
    void filtersChanged() {
        for (PeerSession peer : List.copyOf(peers)) {
            if (isBlocked(peer)) {
                peer.close("blocked");
            }
        }
        for (PeerSession peer : List.copyOf(greeting)) {
            if (isBlocked(peer)) {
                peer.discard();
            }
        }
    }

    private boolean isBlocked(PeerSession peer) {
        return !peer.origin().isWebSeed()
                && torrent.session().parts().blocked(peer.address().getAddress());
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

    // ---- choking

    /** Somebody wants blocks or does not any more: slots may be free. */
    void interestChanged() {
        if (!roundDue) {
            roundDue = true;
            torrent.loop().execute(this::dueRound);
        }
    }

    private void dueRound() {
        roundDue = false;
        int slots = slots();
        int taken = 0;
        boolean waiting = false;
        for (PeerSession peer : peers) {
            taken += peer.up().choking() || !peer.up().interested() ? 0 : 1;
            waiting |= peer.up().choking() && peer.up().interested();
        }
        if (!torrent.uploads() || (waiting && taken < slots)) {
            round(torrent.loop().nanoTime());
        }
    }

    private int slots() {
        int own = torrent.options().get(TorrentOptions.UPLOAD_SLOTS);
        return own > 0 ? own : torrent.session().setting(EngineSettings.UPLOAD_SLOTS_PER_TORRENT);
    }

    private void round(long nowNanos) {
        nextRoundNanos = nowNanos + Choker.ROUND_NANOS;
        Content content = torrent.content();
        Set<PeerSession> chosen =
                torrent.uploads() && content != null
                        ? choker.choose(List.copyOf(peers), content.finished(), slots(), nowNanos)
                        : Collections.emptySet();
        for (PeerSession peer : peers) {
            if (peer.isOpen()) {
                peer.optimistic(choker.isOptimistic(peer));
                peer.choke(!chosen.contains(peer));
            }
        }
    }

    /** Gives out the slots anew at once: transfers began or ended. */
    void rechoke() {
        round(torrent.loop().nanoTime());
    }

    // ---- other

    /** Once a second while there are peers. */
    void pulse(long nowNanos) {
        superSeeder.pulse();
        turnover.pulse(this, nowNanos);
        for (PeerSession peer : List.copyOf(peers)) {
            if (peer.isOpen()) {
                peer.down().pulse();
                peer.extension().pulse(nowNanos);
            }
        }
        if (nowNanos - nextRoundNanos >= 0) {
            round(nowNanos);
        }
    }
}
