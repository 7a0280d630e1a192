package org.bittern.engine.internal;

import java.util.Optional;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerProtocol;
import org.jspecify.annotations.Nullable;

/**
 * The link of a peer, whichever version of the peer protocol speaks on it. Owned by the torrent's
 * loop.
 */
final class CurrentLink {
    private @Nullable PeerLink link; // null until the handshake is done
    private @Nullable WaitingLink waiting; // null unless no version speaks on it
    private @Nullable PeerProtocol by; // null until a version went on with what another had begun

    void opened(PeerLink opened) {
        link = opened;
    }

    @Nullable PeerLink get() {
        return link;
    }

    /**
     * Goes on with the version that is there, or waits for it.
     *
     * @param protocol empty while there is none
     * @param events of the link
     * @return false when the link cannot be taken out of the hands of its version
     */
    boolean follow(Optional<PeerProtocol> protocol, LinkEvents events) {
        if (link == null || protocol.filter(version -> version.equals(by)).isPresent()) {
            return true;
        }
        if (waiting == null) {
            link.leave().ifPresent(state -> wait(new WaitingLink(state, events)));
        }
        WaitingLink left = waiting;
        if (left == null) {
            return false;
        }
        protocol.ifPresent(version -> left.goOn(version).ifPresent(next -> went(next, version)));
        return true;
    }

    private void wait(WaitingLink left) {
        waiting = left;
        link = left;
        by = null;
    }

    private void went(PeerLink next, PeerProtocol version) {
        waiting = null;
        link = next;
        by = version;
    }

    /** Whether no version speaks on it. */
    boolean isWaiting() {
        return waiting != null;
    }
}
