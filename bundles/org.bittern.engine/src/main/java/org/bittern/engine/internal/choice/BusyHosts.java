package org.bittern.engine.internal.choice;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** The hosts that are dialled or connected, and by how many links. Owned by a {@link PeerBook}. */
final class BusyHosts {
    private final Map<InetAddress, Integer> links = new HashMap<>(4);

    boolean contains(InetAddress host) {
        return links.containsKey(host);
    }

    /** From now on there is a link to this peer, or a dial under way. */
    void occupy(KnownPeer peer, KnownPeer.State state) {
        if (!peer.busy()) {
            links.merge(peer.host(), 1, Integer::sum);
        }
        peer.state = state;
        peer.met |= peer.connected();
    }

    /** Its link is gone. */
    void free(KnownPeer peer) {
        if (peer.busy()) {
            peer.state = KnownPeer.State.IDLE;
            links.computeIfPresent(peer.host(), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
