package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where we are bound to. A gateway on another network is not asked: it cannot forward anything to
 * us, and what we say to it would leave by a way that nothing is to leave by.
 *
 * @param addresses empty: any
 */
record Bound(List<InetAddress> addresses) {
    /** Bound to nothing. */
    static final Bound ANY = new Bound(List.of());

    Bound {
        addresses = List.copyOf(addresses);
    }

    private boolean isAny() {
        return addresses.isEmpty()
                || addresses.stream()
                        .anyMatch(address ->
                                address.isAnyLocalAddress() && address instanceof Inet4Address);
    }

    /** Whether we may speak from this address. */
    boolean has(InetAddress local) {
        return isAny() || addresses.contains(local);
    }

    /**
     * Where to send IPv4 from.
     *
     * @throws IOException IPv4 is not used
     */
    InetSocketAddress sender() throws IOException {
        if (isAny()) {
            return new InetSocketAddress(0);
        }
        for (InetAddress address : addresses) {
            if (address instanceof Inet4Address) {
                return new InetSocketAddress(address, 0);
            }
        }
        throw new IOException("bound to no IPv4 address");
    }
}
