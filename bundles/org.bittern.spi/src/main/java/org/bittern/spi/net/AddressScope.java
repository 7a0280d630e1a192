package org.bittern.spi.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * How far an address reaches, from the outside to the inside: what a stranger names must not lead
 * us further inside than he is.
 */
public enum AddressScope {
    /** Of the Internet. */
    PUBLIC,
    /** Of a local network: RFC 1918, RFC 6598, link-local, unique local IPv6. */
    PRIVATE,
    /** Of this host. */
    LOOPBACK,
    /** No address of one host: multicast, unspecified, reserved. */
    NONE;

    /** The scope of an address. */
    public static AddressScope of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return NONE;
        }
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        if (address.isLinkLocalAddress() || address.isSiteLocalAddress()) {
            return PRIVATE;
        }
        return switch (address) {
            case Inet4Address _ -> ofIpv4(bytes[0] & 0xff, bytes[1] & 0xff);
            case Inet6Address _ -> (bytes[0] & 0xfe) == 0xfc ? PRIVATE : PUBLIC;
            default -> NONE;
        };
    }

    private static AddressScope ofIpv4(int first, int second) {
        if (first == 0 || first >= 240) {
            return NONE;
        }
        return first == 100 && second >= 64 && second < 128 ? PRIVATE : PUBLIC;
    }

    /** Whether going from here to {@code target} leads further inside. */
    public boolean isOutside(AddressScope target) {
        return target.compareTo(this) > 0;
    }
}
