package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer came from.
 *
 * @param source as in {@link org.bittern.api.engine.PeerSnapshot#source}
 * @param dial how we reached it; null when it dialled us
 */
record PeerOrigin(InetSocketAddress address, String source, @Nullable DialAttempt dial) {

    static PeerOrigin incoming(InetSocketAddress address) {
        return new PeerOrigin(address, "incoming", null);
    }
}
