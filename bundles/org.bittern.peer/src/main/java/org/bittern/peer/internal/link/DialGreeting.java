package org.bittern.peer.internal.link;

import java.io.IOException;
import java.util.Arrays;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;

/** The handshake on a connection that we dialled: we speak first. Owned by the loop. */
final class DialGreeting extends Greeting {
    /** From the connection to the end of the handshake. */
    static final long TIMEOUT_NANOS = 15_000_000_000L;

    private final LinkSpec spec;
    private final LinkEvents events;

    DialGreeting(LoopShares shares, Connection connection, LinkSpec spec, LinkEvents events) {
        super(shares, connection, TIMEOUT_NANOS);
        this.spec = spec;
        this.events = events;
    }

    void begin() {
        watch();
        if (over()) {
            return;
        }
        try {
            say(Handshake.encode(spec.features(), spec.infoHash(), spec.peerId()));
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    void advance() throws IOException {
        boolean complete = fill(Handshake.BYTES);
        if (!Handshake.plausible(in())) {
            fail(true, NO_HANDSHAKE);
        } else if (in().position() >= Handshake.PREFIX_BYTES
                && !Arrays.equals(Handshake.infoHash(in()), spec.infoHash())) {
            fail(true, "handshake for another torrent");
        } else if (complete && said()) {
            establish(
                    spec,
                    events,
                    new Established(
                            Handshake.peerId(in()),
                            spec.features().and(Handshake.features(in())),
                            false,
                            null,
                            null));
        }
    }

    /** Later in the turn: the caller of {@link #begin} may not be ready for it. */
    @Override
    void lost(boolean violation, String reason) {
        connection().loop().execute(() -> events.closed(violation, reason));
    }
}
