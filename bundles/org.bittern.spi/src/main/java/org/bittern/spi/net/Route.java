package org.bittern.spi.net;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * How this process may reach the network. What cannot go this way does not go at all.
 *
 * @param open false: nothing may go out, because the interface to bind to is gone
 * @param proxy servers (trackers, web seeds, downloads) are reached through it; there is no
 *     exception for this machine or the local network
 * @param proxiesPeers peers and everything over UDP go through the proxy, too
 * @param bind addresses to send from, at most one IPv4 and one IPv6; empty: any
 */
public record Route(
        boolean open, Optional<ProxyServer> proxy, boolean proxiesPeers, List<InetAddress> bind) {

    /** Straight out, from any address. */
    public static final Route DIRECT = new Route(true, Optional.empty(), false, List.of());

    /** Nowhere. */
    public static final Route CLOSED = new Route(false, Optional.empty(), false, List.of());

    public Route {
        bind = List.copyOf(bind);
    }

    /** The proxy that peers are reached through. */
    public Optional<ProxyServer> peerProxy() {
        return proxiesPeers ? proxy : Optional.empty();
    }
}
