package org.bittern.spi.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * UDP on an event loop. Who opens the same address and port shares one socket: the peer port serves
 * uTP and the DHT. Thread-safe.
 */
@ProviderType
public interface Datagrams {
    /** Largest payload of a datagram over IPv4, in bytes. */
    int MAX_BYTES = 65_507;

    /**
     * Binds a socket, or joins the one that is bound to {@code local}.
     *
     * @param local address and port; port 0 = any free one, which others join by its real number
     * @param receiver called on {@link Port#loop}; several are asked in the order in which they
     *     came
     * @throws IOException the port is taken or the address is not here
     */
    Port open(InetSocketAddress local, Receiver receiver) throws IOException;

    /** A share in a socket. */
    interface Port extends AutoCloseable {
        /** With the real port. Any thread. */
        InetSocketAddress local();

        /** The loop on which datagrams arrive. Any thread. */
        EventLoop loop();

        /**
         * Sends a datagram, or drops it as the network may. Any thread.
         *
         * @param datagram position to limit; consumed when it was sent
         * @return false when it was dropped here: the kernel is busy, no route, blocked address
         */
        boolean send(ByteBuffer datagram, InetSocketAddress to);

        /**
         * Sends a datagram that nobody on its way may cut into pieces, as {@link #send} allows. Any
         * thread. What arrives tells that the path carries datagrams of that size.
         *
         * @return false when it was dropped here, mostly because it is too large for the interface,
         *     and always where a machine cannot promise this
         */
        default boolean sendUncut(ByteBuffer datagram, InetSocketAddress to) {
            return false;
        }

        /** Leaves; the last one closes the socket, and the port is free when this returns. */
        @Override
        void close();
    }

    /** Who understands datagrams. */
    interface Receiver {
        /**
         * Looks at a datagram.
         *
         * @param datagram valid during the call only
         * @return true when it was meant for this one: nobody else is asked
         */
        boolean received(ByteBuffer datagram, InetSocketAddress from);
    }
}
