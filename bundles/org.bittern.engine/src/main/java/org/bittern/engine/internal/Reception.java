package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.PeerLink;
import org.jspecify.annotations.Nullable;

/**
 * Those whose handshake is not done yet, and who of them may join the {@link Swarm}. Owned by the
 * torrent's loop.
 */
final class Reception {
    /** Incoming handshakes may take this part of the places: one in so many. */
    private static final int GREETING_SHARE = 4;

    private final TorrentCore torrent;
    private final Swarm swarm;
    private final Precedence precedence;
    private final List<PeerSession> greeting = new ArrayList<>(); // those who came first are first

    Reception(TorrentCore torrent, Swarm swarm) {
        this.torrent = torrent;
        this.swarm = swarm;
        precedence = new Precedence(address -> torrent.dialler().rank(address));
    }

    /** Dials that have a connection, and handshakes. */
    int size() {
        return greeting.size();
    }

    /**
     * A peer dialled us.
     *
     * @param byV2 in the v2 swarm
     * @return null when it is not welcome
     */
    @Nullable PeerSession welcome(Connection connection, boolean byV2) {
        InetSocketAddress remote = connection.remote();
        dropIdleGreeting();
        boolean full = swarm.size() >= swarm.limit();
        Optional<PeerSession> leaving = full ? leaving(remote) : Optional.empty();
        if (!torrent.networked()
                || (full && leaving.isEmpty())
                || torrent.session().parts().blocked(remote.getAddress())
                || !torrent.session().budget().accept()) {
            return null;
        }
        if (!torrent.dialler().admit(remote)) {
            torrent.session().budget().gone();
            return null;
        }
        leaving.ifPresent(this::makeRoom);
        PeerSession peer = new PeerSession(torrent, PeerOrigin.incoming(remote, byV2), connection);
        greeting.add(peer);
        torrent.wake();
        return peer;
    }

    /** Who would leave for a newcomer. */
    private Optional<PeerSession> leaving(InetSocketAddress newcomer) {
        List<InetSocketAddress> present = new ArrayList<>();
        List<InetSocketAddress> silent = new ArrayList<>();
        for (PeerSession peer : swarm.peers()) {
            if (!peer.origin().isWebSeed()) {
                present.add(peer.address());
            }
            if (swarm.isSilent(peer)) {
                silent.add(peer.address());
            }
        }
        return precedence
                .leaving(newcomer, present, silent, torrent.loop().nanoTime())
                .flatMap(address ->
                        swarm.peers().stream()
                                .filter(peer -> peer.address().equals(address))
                                .findFirst());
    }

    private void makeRoom(PeerSession leaving) {
        precedence.used(torrent.loop().nanoTime());
        leaving.close("makes room for a peer of higher priority");
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
        if (oldest != null && incoming >= Math.max(1, swarm.limit() / GREETING_SHARE)) {
            oldest.discard();
        }
    }

    /** We dial a peer; it is counted in the session's budget already. */
    void dialling(PeerSession peer) {
        greeting.add(peer);
        torrent.wake();
    }

    /**
     * The handshake is done: the peer waits here no longer.
     *
     * @return why the link must be closed, null when it is welcome
     */
    @Nullable String opened(PeerSession peer) {
        greeting.remove(peer);
        String refusal = refusal(peer);
        if (refusal != null) {
            torrent.dialler().refused(peer, isOurselves(peer));
        }
        return refusal;
    }

    private boolean isOurselves(PeerSession peer) {
        return Arrays.equals(peer.link().peerId(), torrent.peerId());
    }

    private @Nullable String refusal(PeerSession peer) {
        byte[] id = peer.link().peerId();
        if (isOurselves(peer)) {
            return "connected to ourselves";
        }
        for (PeerSession other : swarm.peers()) {
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

    /** The connection has gone before its handshake was done. */
    void closed(PeerSession peer) {
        greeting.remove(peer);
    }

    void closeAll() {
        for (PeerSession peer : List.copyOf(greeting)) {
            peer.discard();
        }
    }

    /** The list of addresses that must not be talked to has changed. */
    void filtersChanged() {
        for (PeerSession peer : List.copyOf(greeting)) {
            if (peer.isBlocked()) {
                peer.discard();
            }
        }
    }
}
