package org.bittern.engine.internal.choice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Those of a {@link PeerBook} with whom there is no link any more. Owned by the torrent loop. */
final class Bans {
    /** Bans that are kept; then the oldest is forgotten. */
    static final int MAX = 1000;

    private final Map<InetSocketAddress, KnownPeer> peers;
    private int count;

    /**
     * Nobody is banned yet.
     *
     * @param peers of the book, the one that is known for longest first
     */
    Bans(Map<InetSocketAddress, KnownPeer> peers) {
        this.peers = peers;
    }

    void add(KnownPeer peer) {
        if (!peer.banned) {
            peer.banned = true;
            count++;
            forgetOld();
        }
    }

    private void forgetOld() {
        if (count > MAX) {
            peers.values().stream()
                    .filter(peer -> peer.banned && !peer.busy())
                    .findFirst()
                    .ifPresent(peer -> {
                        peers.remove(peer.address);
                        count--;
                    });
        }
    }

    /**
     * Whether the peer is banned.
     *
     * @param anyPort or another port of its address; never for loopback
     */
    boolean contains(InetSocketAddress address, boolean anyPort) {
        KnownPeer exact = peers.get(address);
        if (exact != null && exact.banned) {
            return true;
        }
        InetAddress host = address.getAddress();
        if (count == 0 || !anyPort || host == null || host.isLoopbackAddress()) {
            return false;
        }
        return peers.values().stream().anyMatch(peer -> peer.banned && peer.host().equals(host));
    }
}
