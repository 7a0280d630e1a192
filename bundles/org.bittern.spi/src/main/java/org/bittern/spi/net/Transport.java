package org.bittern.spi.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** A way to make byte-stream connections: {@code tcp} or {@code utp}. Thread-safe. */
@ProviderType
public interface Transport {
    /** Service property: the name of the transport. */
    String NAME = "bittern.transport";

    /** {@code tcp} or {@code utp}. */
    String name();

    /**
     * Whether its connections can live on a loop. While the loops of a process are exchanged there
     * are two groups of them, and a transport that works on selectors belongs to one.
     */
    default boolean serves(EventLoop loop) {
        return true;
    }

    /**
     * Listens. Accepted connections are owned by the loop that they name and are not read until
     * {@link Connection#start}.
     *
     * @param local address and port; port 0 = any free one
     * @param acceptor called on the connection's loop
     * @throws IOException the port is taken or the address is not here
     */
    Listener listen(InetSocketAddress local, Consumer<Connection> acceptor) throws IOException;

    /**
     * Dials. Must be called on {@code loop}; exactly one method of the handler is called, on that
     * loop, later.
     *
     * @param local address to dial from, port 0; fails closed when the address is gone
     * @param timeoutNanos for the connection, without any handshake
     */
    void connect(
            EventLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutNanos,
            Dial handler);

    /** A listening socket. */
    interface Listener extends AutoCloseable {
        /** With the real port. */
        InetSocketAddress local();

        /** Stops listening; the port is free when this returns. */
        @Override
        void close();
    }

    /** How a dial ended. */
    interface Dial {
        void connected(Connection connection);

        /**
         * There is no connection.
         *
         * @param reason one line, for counters and DEBUG logs
         */
        void failed(String reason);
    }
}
