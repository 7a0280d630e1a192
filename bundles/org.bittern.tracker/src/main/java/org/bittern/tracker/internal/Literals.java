package org.bittern.tracker.internal;

import java.net.InetAddress;

/** Literal addresses among host names. */
final class Literals {
    private Literals() {}

    /** Whether a host is an address: then nothing has to be looked up. */
    static boolean isLiteral(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
