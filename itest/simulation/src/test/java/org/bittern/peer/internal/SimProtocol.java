package org.bittern.peer.internal;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.bittern.spi.peer.PeerProtocol;

/**
 * Opens the bundle's protocol to simulations.
 *
 * @param stop what happens when the bundle is stopped
 */
public record SimProtocol(PeerProtocol protocol, Runnable stop) {

    /** The real protocol, with keys that can be repeated. */
    public static SimProtocol of(Executor workers, RandomGenerator random) {
        WirePeerProtocol protocol = new WirePeerProtocol(workers, random);
        return new SimProtocol(protocol, protocol::stop);
    }
}
