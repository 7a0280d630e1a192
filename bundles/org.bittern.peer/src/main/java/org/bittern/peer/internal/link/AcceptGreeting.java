package org.bittern.peer.internal.link;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bittern.peer.internal.mse.DhKeys;
import org.bittern.peer.internal.mse.MseOutcome;
import org.bittern.peer.internal.mse.MseResponder;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.bittern.spi.peer.PeerProtocol.LinkHost;
import org.bittern.spi.peer.PeerProtocol.LinkRouter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake on a connection that a peer dialled: the peer speaks first and names the torrent;
 * on the torrent's loop we answer. The answer does not wait for the peer id: some peers send it
 * only then. Owned by the loop that has the connection.
 */
final class AcceptGreeting extends Greeting {
    /** From the connection to the end of the handshake. */
    static final long TIMEOUT_NANOS = 20_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(AcceptGreeting.class);

    private final LoopShares shares;
    private final LinkRouter router;
    private Stage stage = Stage.HANDSHAKE;
    private @Nullable MseResponder mse; // null in plaintext, like the following
    private byte @Nullable [] secured; // the torrent that the keys belong to
    private @Nullable Welcome welcome; // null until the torrent is found and agrees

    private enum Stage {
        /** Waits for the BitTorrent handshake, as far as the info-hash. */
        HANDSHAKE,
        /** Waits for the peer's public key. */
        KEY,
        /** Waits for the secret to be computed. */
        SECRET,
        /** Waits for the proof that the peer knows the torrent. */
        PROOF,
        /** Waits for the peer id. */
        PEER_ID
    }

    /** Our key pair, and the secret if the peer's key leaves one. */
    private record Keys(DhKeys keys, Optional<byte[]> secret) {}

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
        switch (stage) {
            case HANDSHAKE -> readHandshake();
            case KEY -> readKey();
            case SECRET -> {
                // nothing is read meanwhile
            }
            case PROOF -> readProof();
            case PEER_ID -> finish();
        }
    }

    private void readHandshake() throws IOException {
        boolean complete = fill(Handshake.PREFIX_BYTES);
        if (Handshake.plausible(in())) {
            if (secured == null && router.incomingEncryption() == EncryptionPolicy.RC4_ONLY) {
                fail(true, "plaintext, only encrypted links are welcome");
            } else if (complete) {
                route(Handshake.infoHash(in()));
            }
        } else if (secured != null
                || router.incomingEncryption() == EncryptionPolicy.PLAINTEXT_ONLY) {
            fail(true, NO_HANDSHAKE);
        } else {
            enlarge();
            stage = Stage.KEY;
            readKey();
        }
    }

    private void readKey() throws IOException {
        if (fill(DhKeys.BYTES)) {
            byte[] peersKey = Arrays.copyOf(in().array(), DhKeys.BYTES);
            in().clear();
            stage = Stage.SECRET;
            compute(
                    () -> {
                        DhKeys keys = DhKeys.random(shares.random());
                        return new Keys(keys, keys.secret(peersKey));
                    },
                    this::keysReady);
        }
    }

    private void keysReady(Keys ready) throws IOException {
        if (ready.secret().isEmpty()) {
            fail(true, "MSE key that leaves no secret");
            return;
        }
        MseResponder responder =
                new MseResponder(
                        ready.keys(),
                        ready.secret().get(),
                        name -> shares.names().find(name, router),
                        router.incomingEncryption(),
                        shares.random());
        mse = responder;
        stage = Stage.PROOF;
        sayRaw(responder.hello());
    }

    private void readProof() throws IOException {
        MseResponder responder = mse;
        MseOutcome.Agreed agreed = responder == null ? null : negotiate(responder::read);
        if (agreed != null) {
            secured = agreed.infoHash();
            stage = Stage.HANDSHAKE;
            sayRaw(agreed.reply());
            readHandshake();
        }
    }

    private void route(byte[] infoHash) throws IOException {
        if (secured != null && !Arrays.equals(infoHash, secured)) {
            fail(true, "handshake for another torrent than the keys");
            return;
        }
        LinkHost host = router.find(infoHash);
        if (host == null) {
            fail(false, "no such torrent");
        } else if (host.loop().equals(connection().loop())) {
            greet(host);
        } else {
            unwatch();
            connection().moveTo(host.loop(), () -> arrived(host));
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
        welcome = new Welcome(spec, events);
        stage = Stage.PEER_ID;
        say(Handshake.encode(spec.features(), answer(spec), spec.peerId()));
        finish();
    }

    /**
     * The hash that the peer named, for a hybrid torrent answers to two; or the v2 hash, when the
     * peer named the other and offers to change over (BEP 52).
     */
    private byte[] answer(LinkSpec spec) {
        return spec.upgrade()
                .filter(_ -> Handshake.features(in()).and(spec.features()).v2())
                .orElseGet(() -> Handshake.infoHash(in()));
    }

    private void finish() throws IOException {
        Welcome found = welcome;
        if (fill(Handshake.BYTES) && said() && found != null) {
            shares.leaveHalfOpen(connection().remote());
            establish(found.spec(), found.events(), true);
        }
    }

    @Override
    void lost(boolean violation, String reason) {
        shares.leaveHalfOpen(connection().remote());
        Welcome found = welcome;
        if (found == null) {
            log.debug("{} came without effect: {}", connection().remote(), reason);
        } else {
            connection().loop().execute(() -> found.events().closed(violation, reason));
        }
    }
}
