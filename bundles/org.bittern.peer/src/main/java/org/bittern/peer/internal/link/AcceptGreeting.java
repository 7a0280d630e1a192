package org.bittern.peer.internal.link;

import java.io.IOException;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.bittern.spi.peer.PeerProtocol.LinkHost;
import org.bittern.spi.peer.PeerProtocol.LinkRouter;
import org.jspecify.annotations.Nullable;

/**
 * The handshake on a connection that a peer dialled: the peer speaks first and names the torrent;
 * on the torrent's loop we answer. The answer does not wait for the peer id: some peers send it
 * only then. Owned by the loop that has the connection.
 */
final class AcceptGreeting extends Greeting {
    /** From the connection to the end of the handshake. */
    static final long TIMEOUT_NANOS = 20_000_000_000L;

    private final LoopShares shares;
    private final LinkRouter router;
    private @Nullable Welcome welcome; // null until the torrent is found and agrees

    /** What the torrent said. */
    private record Welcome(LinkSpec spec, LinkEvents events) {}

    AcceptGreeting(LoopShares shares, Connection connection, LinkRouter router) {
        super(shares, connection, TIMEOUT_NANOS);
        this.shares = shares;
        this.router = router;
    }

    void begin() {
        watch();
    }

    @Override
    void advance() throws IOException {
        if (welcome == null) {
            route();
        } else {
            finish(welcome);
        }
    }

    private void route() throws IOException {
        boolean complete = fill(Handshake.PREFIX_BYTES);
        if (!Handshake.plausible(in())
                || router.incomingEncryption() == EncryptionPolicy.RC4_ONLY) {
            fail(true, NO_HANDSHAKE);
        } else if (complete) {
            LinkHost host = router.find(Handshake.infoHash(in()));
            if (host == null) {
                fail(false, "no such torrent");
            } else if (host.loop().equals(connection().loop())) {
                greet(host);
            } else {
                unwatch();
                connection().moveTo(host.loop(), () -> arrived(host));
            }
        }
    }

    private void arrived(LinkHost host) {
        watch();
        if (!over()) {
            try {
                greet(host);
            } catch (IOException e) {
                broken(e);
            }
        }
    }

    private void greet(LinkHost host) throws IOException {
        LinkSpec spec = host.spec(connection());
        LinkEvents events = host.welcome(connection());
        if (events == null) {
            fail(false, "not welcome");
            return;
        }
        Welcome found = new Welcome(spec, events);
        welcome = found;
        // The hash that the peer named: a hybrid torrent answers to two (BEP 52).
        say(Handshake.encode(spec.features(), Handshake.infoHash(in()), spec.peerId()));
        finish(found);
    }

    private void finish(Welcome found) throws IOException {
        if (fill(Handshake.BYTES) && said()) {
            shares.leaveHalfOpen();
            LinkSpec spec = found.spec();
            establish(
                    spec,
                    found.events(),
                    new Established(
                            Handshake.peerId(in()),
                            spec.features().and(Handshake.features(in())),
                            true,
                            null,
                            null));
        }
    }

    @Override
    void lost(boolean violation, String reason) {
        shares.leaveHalfOpen();
        Welcome found = welcome;
        if (found != null) {
            connection().loop().execute(() -> found.events().closed(violation, reason));
        }
    }
}
