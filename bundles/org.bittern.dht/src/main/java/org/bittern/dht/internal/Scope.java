package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.bittern.spi.net.AddressScope;

/** Which addresses a stranger may name: none further inside than he is, and no multitude. */
final class Scope {
    private Scope() {}

    static boolean mayName(InetAddress teller, InetSocketAddress named) {
        return named.getPort() != 0
                && !AddressScope.of(teller).isOutside(AddressScope.of(named.getAddress()));
    }
}
