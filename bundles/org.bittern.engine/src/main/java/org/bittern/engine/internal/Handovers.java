package org.bittern.engine.internal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.PeerProtocol;

/**
 * Takes the links of a torrent from one version of the peer protocol to the next, in the middle of
 * whatever they are doing. Owned by the torrent's loop.
 */
final class Handovers {
    /** A link waits so long for the next version, as blocks do for the next disk store. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TorrentCore torrent;
    private EventLoop.Timer patience = () -> {};

    Handovers(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** A version came or went. Handshakes that are not done begin anew with the next one. */
    void protocolChanged() {
        Optional<PeerProtocol> protocol = torrent.session().parts().protocol();
        boolean waits = false;
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (!peer.origin().isWebSeed() && peer.isOpen()) {
                waits |= follow(peer, protocol);
            }
        }
        patience.cancel();
        if (waits) {
            patience = torrent.loop().schedule(WAIT_NANOS, this::giveUp);
        }
        torrent.dialler().protocolChanged();
    }

    private static boolean follow(PeerSession peer, Optional<PeerProtocol> protocol) {
        if (!peer.follow(protocol)) {
            peer.close("the peer protocol is exchanged");
        }
        return peer.isWaiting();
    }

    private void giveUp() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.isWaiting()) {
                peer.close("no peer protocol came");
            }
        }
    }
}
