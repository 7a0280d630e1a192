package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer came from.
 *
 * @param source as in {@link org.bittern.api.engine.PeerSnapshot#source}
 * @param dial how we reached it; null when it dialled us
 * @param byV2 whether the handshake began with the v2 hash (BEP 52)
 */
record PeerOrigin(
        InetSocketAddress address, String source, @Nullable DialAttempt dial, boolean byV2) {

    private static final String WEB_SEED = "webseed";
    private static final Set<String> HEARSAY = Set.of("dht", "lsd", "pex");

    static PeerOrigin webSeed(InetSocketAddress address) {
        return new PeerOrigin(address, WEB_SEED, null, false);
    }

    /** An HTTP server; its address is unresolved, and it is shown to nobody as a peer. */
    boolean isWebSeed() {
        return source.equals(WEB_SEED);
    }

    /** Named by strangers: private torrents leave it alone (BEP 27). */
    boolean isHearsay() {
        return HEARSAY.contains(source);
    }

    static PeerOrigin incoming(InetSocketAddress address, boolean byV2) {
        return new PeerOrigin(address, "incoming", null, byV2);
    }
}
