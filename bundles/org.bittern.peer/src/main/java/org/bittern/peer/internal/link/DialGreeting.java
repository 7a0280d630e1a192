package org.bittern.peer.internal.link;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bittern.peer.internal.mse.DhKeys;
import org.bittern.peer.internal.mse.MseInitiator;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.jspecify.annotations.Nullable;

/**
 * The handshake on a connection that we dialled: we speak first, in plaintext or inside of MSE.
 * Owned by the loop.
 */
final class DialGreeting extends Greeting {
    /** From the connection to the end of the handshake. */
    static final long TIMEOUT_NANOS = 15_000_000_000L;

    private final LoopShares shares;
    private final LinkSpec spec;
    private final LinkEvents events;
    private Stage stage = Stage.HANDSHAKE;
    private @Nullable DhKeys keys; // null in plaintext, like the following
    private @Nullable MseInitiator mse;

    private enum Stage {
        /** Waits for our keys to be computed. */
        KEYS,
        /** Waits for the peer's public key. */
        KEY,
        /** Waits for the secret to be computed. */
        SECRET,
        /** Waits for the peer's choice of method. */
        SELECTION,
        /** Waits for the BitTorrent handshake. */
        HANDSHAKE
    }

    DialGreeting(LoopShares shares, Connection connection, LinkSpec spec, LinkEvents events) {
        super(shares, connection, TIMEOUT_NANOS);
        this.shares = shares;
        this.spec = spec;
        this.events = events;
    }

    void begin(boolean encrypted) {
        watch();
        if (over()) {
            return;
        }
        try {
            if (encrypted) {
                enlarge();
                stage = Stage.KEYS;
                compute(() -> DhKeys.random(shares.random()), this::keysReady);
            } else {
                say(ourHandshake());
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private byte[] ourHandshake() {
        return Handshake.encode(spec.features(), spec.infoHash(), spec.peerId());
    }

    private void keysReady(DhKeys ready) throws IOException {
        keys = ready;
        MseInitiator initiator =
                new MseInitiator(ready, spec.infoHash(), spec.encryption(), shares.random());
        mse = initiator;
        stage = Stage.KEY;
        sayRaw(initiator.hello());
    }

    @Override
    void advance() throws IOException {
        switch (stage) {
            case KEY -> readKey();
            case SELECTION -> readSelection();
            case HANDSHAKE -> readHandshake();
            case KEYS, SECRET -> {
                // nothing is read meanwhile
            }
        }
    }

    private void readKey() throws IOException {
        DhKeys ours = keys;
        if (fill(DhKeys.BYTES) && ours != null) {
            byte[] peersKey = Arrays.copyOf(in().array(), DhKeys.BYTES);
            in().clear();
            stage = Stage.SECRET;
            compute(() -> ours.secret(peersKey), this::secretReady);
        }
    }

    private void secretReady(Optional<byte[]> secret) throws IOException {
        MseInitiator initiator = mse;
        if (secret.isEmpty() || initiator == null) {
            fail(true, "MSE key that leaves no secret");
            return;
        }
        stage = Stage.SELECTION;
        sayRaw(initiator.proof(secret.get(), ourHandshake()));
    }

    private void readSelection() throws IOException {
        MseInitiator initiator = mse;
        if (initiator != null && negotiate(initiator::read) != null) {
            stage = Stage.HANDSHAKE;
            readHandshake();
        }
    }

    private void readHandshake() throws IOException {
        boolean complete = fill(Handshake.BYTES);
        if (!Handshake.plausible(in())) {
            fail(true, NO_HANDSHAKE);
        } else if (in().position() >= Handshake.PREFIX_BYTES && !isOurs(Handshake.infoHash(in()))) {
            fail(true, "handshake for another torrent");
        } else if (complete && said()) {
            establish(spec, events, false);
        }
    }

    private boolean isOurs(byte[] infoHash) {
        boolean changesOver =
                spec.upgrade().filter(v2 -> Arrays.equals(infoHash, v2)).isPresent()
                        && Handshake.features(in()).and(spec.features()).v2();
        return changesOver || Arrays.equals(infoHash, spec.infoHash());
    }

    /** Later in the turn: the caller of {@link #begin} may not be ready for it. */
    @Override
    void lost(boolean violation, String reason) {
        connection().loop().execute(() -> events.closed(violation, reason));
    }
}
