package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Which addresses a stranger may name: nobody sends us to our own machine or to a multitude. */
final class Scope {
    private Scope() {}

    static boolean mayName(InetAddress teller, InetSocketAddress named) {
        InetAddress address = named.getAddress();
        if (named.getPort() == 0 || address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return false;
        }
        if (address.isLoopbackAddress()) {
            return teller.isLoopbackAddress();
        }
        return !SecureId.isExempt(address) || SecureId.isExempt(teller);
    }
}
