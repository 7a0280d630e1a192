package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bittern.spi.engine.KeptLinks;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;

/**
 * What one engine leaves of a peer to the next one: the link, what we have told the peer, and what
 * it has said of itself, as messages that the next one hears again. Pure functions on peers of a
 * torrent, called on its loop.
 */
final class Legacy {
    private Legacy() {}

    /**
     * Takes the link out of a peer, which waits for nothing of us any more.
     *
     * @return empty when the link must be closed: uTP goes over a port that is closed with us
     */
    static Optional<KeptLinks.Link> of(PeerSession peer) {
        if (!peer.link().transport().equals("tcp")) {
            return Optional.empty();
        }
        peer.link().suspendReading(false); // the next engine has reasons of its own
        return peer.link()
                .leave()
                .map(state ->
                        new KeptLinks.Link(
                                state.with(unlimited(state.spec())),
                                peer.address(),
                                peer.origin().source(),
                                peer.origin().byV2(),
                                peer.down().receivedBytes(),
                                peer.up().sentBytes(),
                                peer.torrent().requireContent().verified().copy(),
                                peer.down().asked(),
                                peer.down().withdrawn(),
                                peer.down().interested(),
                                peer.extension().toldUploadOnly(),
                                said(peer)));
    }

    /** Without the limits of this engine. */
    private static LinkSpec unlimited(LinkSpec spec) {
        return limited(spec, RateLimit.NONE, RateLimit.NONE);
    }

    private static LinkSpec limited(LinkSpec spec, RateLimit down, RateLimit up) {
        return new LinkSpec(
                spec.infoHash(),
                spec.upgrade(),
                spec.peerId(),
                spec.features(),
                spec.encryption(),
                spec.pieceCount(),
                down,
                up,
                spec.hello());
    }

    private static List<PeerMessage> said(PeerSession peer) {
        List<PeerMessage> said = new ArrayList<>();
        said.add(
                peer.has().complete()
                        ? new PeerMessage.HaveAll()
                        : PeerMessage.Pieces.of(peer.pieces()));
        peer.extension().said().ifPresent(said::add);
        if (peer.extension().uploadOnly()) {
            said.add(new PeerMessage.UploadOnly(true));
        }
        if (peer.up().interested()) {
            said.add(new PeerMessage.Interested());
        }
        if (!peer.down().chokesUs()) {
            said.add(new PeerMessage.Unchoke());
        }
        return said;
    }

    /** Where the peer listens, if it has said so. */
    static OptionalInt listenPort(KeptLinks.Link left) {
        for (PeerMessage message : left.said()) {
            if (message instanceof PeerMessage.ExtendedHandshake hello) {
                return hello.listenPort();
            }
        }
        return OptionalInt.empty();
    }

    /** The state of a link that was left, under the limits of this engine. */
    static LinkState underOurLimits(LinkState left, LinkSpec ours) {
        return left.with(limited(left.spec(), ours.down(), ours.up()));
    }

    /** Goes on with a peer. */
    static void takeUp(PeerSession peer, PeerLink link, KeptLinks.Link left) {
        String refusal = peer.resumed(link);
        if (refusal != null) {
            link.close(refusal);
            return;
        }
        peer.has().takeUp(left.told());
        peer.down().takeUp(left);
        peer.up().takeUp(left.sentBytes());
        peer.extension().takeUp(left.toldUploadOnly());
        left.said().forEach(peer::message);
        peer.torrent().touch();
    }
}
