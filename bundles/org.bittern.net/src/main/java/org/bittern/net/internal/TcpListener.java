package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening TCP socket. Owned by the listener loop; {@link #close} may be called anywhere. */
final class TcpListener implements Transport.Listener, Watched {
    /** Connections that may wait in the kernel. */
    static final int BACKLOG = 1_024;

    /** Connections accepted in one turn. */
    static final int ACCEPTS_PER_TURN = 64;

    /** Rest after the kernel refused a descriptor: accepting again at once would only spin. */
    private static final Duration REST = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(TcpListener.class);

    private final TcpTransport transport;
    private final SelectorLoop loop;
    private final ServerSocketChannel channel;
    private final InetSocketAddress local;
    private final Consumer<Connection> acceptor;
    private @Nullable SelectionKey key; // null until it is registered
    private boolean refused; // the last accept failed, and somebody was told

    private TcpListener(
            TcpTransport transport, ServerSocketChannel channel, Consumer<Connection> acceptor)
            throws IOException {
        this.transport = transport;
        this.channel = channel;
        this.acceptor = acceptor;
        loop = transport.loops().listenerLoop();
        local = Sockets.inet(channel.getLocalAddress());
    }

    static TcpListener open(
            TcpTransport transport, InetSocketAddress local, Consumer<Connection> acceptor)
            throws IOException {
        var family = Sockets.familyToBind(Sockets.host(local));
        ServerSocketChannel channel =
                family == null ? ServerSocketChannel.open() : ServerSocketChannel.open(family);
        try {
            channel.configureBlocking(false);
            // Connections of a run before may linger in TIME_WAIT; a restart binds all the same.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(local, BACKLOG);
            TcpListener listener = new TcpListener(transport, channel, acceptor);
            Handover.run(listener.loop, listener::watch);
            return listener;
        } catch (IOException e) {
            Sockets.closeQuietly(channel);
            throw e;
        }
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public void close() {
        try {
            Handover.run(loop, this::release);
        } catch (IOException e) {
            log.debug("closing {}: {}", local, e.toString());
            Sockets.closeQuietly(channel);
        }
    }

    @Override
    public void ready(int readyOps) {
        for (int i = 0; i < ACCEPTS_PER_TURN && channel.isOpen(); i++) {
            SocketChannel peer;
            try {
                peer = channel.accept();
            } catch (IOException e) {
                rest(e);
                return;
            }
            if (peer == null) {
                return;
            }
            refused = false;
            deal(peer);
        }
    }

    @Override
    public void failed(IOException reason) {
        log.debug("no longer listening on {}: {}", local, reason.toString());
        Sockets.closeQuietly(channel);
    }

    private void watch() throws IOException {
        SelectionKey registered = loop.register(channel, this);
        registered.interestOps(SelectionKey.OP_ACCEPT);
        key = registered;
    }

    private void release() throws IOException {
        channel.close();
        loop.flushCancelled();
    }

    private void deal(SocketChannel peer) {
        TcpConnection connection;
        SelectorLoop owner = transport.loops().nextForAccepted();
        try {
            peer.configureBlocking(false);
            peer.setOption(StandardSocketOptions.TCP_NODELAY, true);
            connection = new TcpConnection(owner, peer);
        } catch (IOException e) {
            log.debug("{} lost while it was accepted: {}", peer, e.toString());
            Sockets.closeQuietly(peer);
            return;
        }
        if (transport.blocked(connection.remote().getAddress())) {
            log.debug("{} blocked by a filter", connection.remote());
            Sockets.closeQuietly(peer);
            return;
        }
        if (!owner.executeIfAlive(() -> handOver(connection, peer))) {
            Sockets.closeQuietly(peer);
        }
    }

    private void handOver(TcpConnection connection, SocketChannel peer) {
        try {
            connection.arrive();
        } catch (IOException e) {
            log.debug("{} lost on its way: {}", connection.remote(), e.toString());
            Sockets.closeQuietly(peer);
            return;
        }
        boolean taken = false;
        try {
            acceptor.accept(connection);
            taken = true;
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }

    private void rest(IOException reason) {
        if (!refused) {
            log.warn("cannot accept on {}: {}", local, reason.toString());
        }
        refused = true;
        interest(0);
        loop.schedule(REST.toNanos(), () -> interest(SelectionKey.OP_ACCEPT));
    }

    private void interest(int ops) {
        SelectionKey current = key;
        if (current != null && current.isValid()) {
            current.interestOps(ops);
        }
    }
}
