package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** A way to ask a gateway for a mapping. Blocks; one thread. */
interface MapMethod {
    /** {@code pcp}, {@code nat-pmp} or {@code upnp}. */
    String name();

    /**
     * Asks for a mapping or renews it.
     *
     * @param port our port
     * @param external the port outside that we would like
     * @throws IOException there is no such gateway, or it refused: one line
     */
    Mapped map(Kind kind, int port, int external) throws IOException;

    /** Gives a mapping back. */
    void unmap(Kind kind, int port, int external) throws IOException;

    /** What is mapped. */
    enum Kind {
        TCP(6),
        UDP(17);

        /** Number of the protocol (IANA). */
        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /**
     * A mapping.
     *
     * @param address of the gateway outside, empty when it does not say
     * @param port outside, 1 to 65535
     * @param lifetimeSeconds 0 = for ever
     */
    record Mapped(Optional<InetAddress> address, int port, long lifetimeSeconds) {}
}
