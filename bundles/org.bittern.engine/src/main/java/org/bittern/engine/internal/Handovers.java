package org.bittern.engine.internal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.engine.KeptLinks;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerProtocol;

/**
 * Takes the links of a torrent from one version of the peer protocol to the next, in the middle of
 * whatever they are doing, and from one engine to the next, when they are at rest. Owned by the
 * torrent's loop.
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

    /**
     * Leaves the links to the engine that goes on with the session. No request of peers is under
     * way on them then, and all are choked. Called when the torrent has ended.
     */
    void leave() {
        Swarm swarm = torrent.swarm();
        if (torrent.content() == null || swarm.superSeeder().begins()) {
            return; // what peers believe of us cannot be told in short
        }
        swarm.news().tell();
        for (PeerSession peer : List.copyOf(swarm.peers())) {
            if (peer.isOpen()) {
                peer.up().dropAll(true);
            }
        }
        swarm.slots().rechoke(); // nobody has a slot any more
        KeptLinks links = torrent.session().succession().links();
        for (PeerSession peer : List.copyOf(swarm.peers())) {
            if (!peer.origin().isWebSeed() && peer.isOpen()) {
                Legacy.of(peer)
                        .ifPresent(link -> {
                            links.keep(torrent.infoHash().hex(), link);
                            peer.closed(false, "left to the next engine");
                        });
            }
        }
    }

    /** Goes on with the links that the engine before has left. */
    void takeUp() {
        KeptLinks links = torrent.session().succession().links();
        for (KeptLinks.Kept kept : links.take(torrent.infoHash().hex())) {
            KeptLinks.Link left = kept.link();
            PeerOrigin origin = new PeerOrigin(left.address(), left.source(), null, left.byV2());
            PeerSession peer = new PeerSession(torrent, origin, left.state().connection());
            if (isOnOurLoops(left) && torrent.dialler().readmit(peer, left)) {
                kept.bring(torrent.loop(), there -> arrived(peer, left, there));
            } else {
                kept.drop();
            }
        }
    }

    /** Those of a {@code net} that is going live on for a moment. */
    private boolean isOnOurLoops(KeptLinks.Link left) {
        return torrent.session().parts().loops().loops().contains(left.state().connection().loop());
    }

    private void arrived(PeerSession peer, KeptLinks.Link left, boolean there) {
        Optional<PeerLink> next =
                there && torrent.networked() && torrent.content() != null
                        ? resumed(peer, left.state())
                        : Optional.empty();
        if (next.isPresent()) {
            Legacy.takeUp(peer, next.get(), left);
            return;
        }
        if (there) {
            left.drop();
        }
        peer.closed(false, "lost between two engines");
    }

    private Optional<PeerLink> resumed(PeerSession peer, LinkState left) {
        LinkSpec ours = torrent.links().spec(left.connection(), torrent.swarms().wireHash());
        return torrent.session()
                .parts()
                .protocol()
                .flatMap(protocol ->
                        protocol.resume(
                                Legacy.underOurLimits(left, ours),
                                new GuardedEvents(torrent, peer)));
    }

    private void giveUp() {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.isWaiting()) {
                peer.close("no peer protocol came");
            }
        }
    }
}
