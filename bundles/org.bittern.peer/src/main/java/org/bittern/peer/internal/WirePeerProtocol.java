package org.bittern.peer.internal;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.bittern.peer.internal.link.LoopShares;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerProtocol;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The peer protocol as a service. Thread-safe. When it stops, its links are closed. */
@Component
public final class WirePeerProtocol implements PeerProtocol {
    private final LoopShares shares;

    @Activate
    public WirePeerProtocol() {
        this(task -> Thread.ofVirtual().name("bt-mse").start(task), new SecureRandom());
    }

    /**
     * For simulations.
     *
     * @param workers for key exchanges, which take milliseconds
     * @param random for keys and pads; used by several threads
     */
    public WirePeerProtocol(Executor workers, RandomGenerator random) {
        shares = new LoopShares(workers, random);
    }

    @Override
    public void open(Connection connection, LinkSpec spec, boolean encrypted, LinkEvents events) {
        connection.loop().assertOwner();
        boolean mse =
                switch (spec.encryption()) {
                    case PLAINTEXT_ONLY -> false;
                    case BOTH -> encrypted;
                    case RC4_ONLY -> true;
                };
        shares.dial(connection, spec, mse, events);
    }

    @Override
    public void accept(Connection connection, LinkRouter router) {
        connection.loop().execute(() -> shares.accept(connection, router));
    }

    @Override
    public Optional<PeerLink> resume(LinkState state, LinkEvents events) {
        state.connection().loop().assertOwner();
        return shares.resume(state, events);
    }

    @Deactivate
    void stop() {
        LoopBarrier.pass(shares.stop());
    }
}
