package org.bittern.peer.internal;

import org.bittern.peer.internal.link.LoopShares;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerProtocol;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The peer protocol as a service. Thread-safe. When it stops, its links are closed. */
@Component
public final class WirePeerProtocol implements PeerProtocol {
    private final LoopShares shares = new LoopShares();

    @Override
    public void open(Connection connection, LinkSpec spec, boolean encrypted, LinkEvents events) {
        connection.loop().assertOwner();
        if (encrypted || spec.encryption() == EncryptionPolicy.RC4_ONLY) {
            connection.close();
            connection
                    .loop()
                    .execute(() -> events.closed(false, "encrypted links are not supported"));
            return;
        }
        shares.dial(connection, spec, events);
    }

    @Override
    public void accept(Connection connection, LinkRouter router) {
        connection.loop().execute(() -> shares.accept(connection, router));
    }

    @Deactivate
    void stop() {
        shares.stop();
    }
}
