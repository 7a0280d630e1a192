package org.bittern.spi.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The one way out of this process. {@link Transport} and {@link Datagrams} obey its route by
 * themselves; what makes sockets of another kind gets them here. Thread-safe.
 */
@ProviderType
public interface Egress {
    /** Puts a route in force for everything that is opened from now on. */
    void use(Route route);

    /** The route in force. */
    Route route();

    /**
     * Connects to a server: a tracker, a web seed, a download. Blocks.
     *
     * @param to with an address; behind a proxy rather unresolved: then the proxy looks the name up
     * @param from address to bind to; ignored behind a proxy in favour of the route's
     * @param timeout for everything until bytes can flow to {@code to}
     * @throws IOException also when a name would have to be looked up here
     */
    Socket connect(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
            throws IOException;

    /**
     * A socket for datagrams to servers, of its own port.
     *
     * @param local address to bind to, port 0
     * @throws IOException the address is not here, or the proxy cannot carry datagrams
     */
    DatagramWay datagrams(InetAddress local) throws IOException;

    /** A blocking socket for datagrams. Thread-safe: one thread receives, others send. */
    interface DatagramWay extends AutoCloseable {
        /**
         * Sends a datagram.
         *
         * @param to unresolved behind a proxy that is to look the name up
         */
        void send(byte[] datagram, InetSocketAddress to) throws IOException;

        /** Waits for a datagram. */
        Received receive() throws IOException;

        boolean isClosed();

        /** Ends a waiting {@link #receive}. */
        @Override
        void close();
    }

    /** A datagram that has come. */
    record Received(byte[] datagram, InetSocketAddress from) {}
}
