package org.bittern.tracker.internal;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.net.AddressScope;

/**
 * Which addresses we send from.
 *
 * @param addresses at most one of each family; empty: any
 */
record Binding(List<InetAddress> addresses) {
    Binding {
        addresses = List.copyOf(addresses);
    }

    /** Whether we may talk to this address: with addresses of one family the other is shut. */
    boolean reaches(InetAddress remote) {
        return addresses.isEmpty() || local(remote).isPresent();
    }

    /** The address to send from, empty when the system may choose. */
    Optional<InetAddress> local(InetAddress remote) {
        return addresses.stream().filter(address -> sameFamily(address, remote)).findFirst();
    }

    static boolean sameFamily(InetAddress one, InetAddress other) {
        return one instanceof Inet6Address == other instanceof Inet6Address;
    }

    /** Our global IPv6 address to tell over IPv4 (BEP 7), if we are bound to one. */
    Optional<InetAddress> otherFamily(InetAddress remote) {
        return addresses.stream()
                .filter(address -> !sameFamily(address, remote))
                .filter(address -> AddressScope.of(address) == AddressScope.PUBLIC)
                .findFirst();
    }

    static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}
