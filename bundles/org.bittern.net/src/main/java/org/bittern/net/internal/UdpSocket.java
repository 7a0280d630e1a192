package org.bittern.net.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket with its users. Owned by the listener loop; sending may be done anywhere. While
 * peers are reached through a proxy, the socket itself is mute and deaf, and its {@link UdpRelay}
 * serves.
 */
final class UdpSocket implements Watched {
    /** Datagrams received in one turn. */
    static final int DATAGRAMS_PER_TURN = 128;

    /** A whole datagram always fits; the kernel would cut off the rest without a word. */
    private static final int RECEIVE_BYTES = 1 << 16;

    /** Asked of the kernel for bursts of uTP; it gives what its own limit allows. */
    private static final int KERNEL_BUFFER_BYTES = 2 << 20;

    private static final Logger log = LoggerFactory.getLogger(UdpSocket.class);

    private final UdpPorts ports;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final boolean onlyV4;
    private final @Nullable SocketOption<Boolean> uncut; // null where there is none
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final List<User> users =
            new CopyOnWriteArrayList<>(); // a user may leave while it receives

    // Guarded by relayLock: any loop may send.
    private final Object relayLock = new Object();
    private @Nullable UdpRelay relay; // null without a proxy, and before the first datagram
    private boolean closed;

    private UdpSocket(UdpPorts ports, DatagramChannel channel) throws IOException {
        this.ports = ports;
        this.channel = channel;
        local = Sockets.inet(channel.getLocalAddress());
        onlyV4 =
                !local.getAddress().isAnyLocalAddress()
                        && local.getAddress() instanceof Inet4Address;
        uncut = Sockets.flag(channel, "IP_DONTFRAGMENT");
        if (uncut != null) {
            channel.setOption(
                    uncut, false); // Linux would decide it by what it believes of the path
        }
    }

    static UdpSocket bind(UdpPorts ports, InetSocketAddress local) throws IOException {
        DatagramChannel channel = channel(local);
        try {
            UdpSocket socket = new UdpSocket(ports, channel);
            ports.loop().register(channel, socket).interestOps(SelectionKey.OP_READ);
            return socket;
        } catch (IOException e) {
            Sockets.closeQuietly(channel);
            throw e;
        }
    }

    /** A bound channel that does not block. */
    static DatagramChannel channel(InetSocketAddress local) throws IOException {
        var family = Sockets.familyToBind(Sockets.host(local));
        DatagramChannel channel =
                family == null ? DatagramChannel.open() : DatagramChannel.open(family);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, KERNEL_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, KERNEL_BUFFER_BYTES);
            channel.bind(local);
            return channel;
        } catch (IOException e) {
            Sockets.closeQuietly(channel);
            throw e;
        }
    }

    InetSocketAddress local() {
        return local;
    }

    Datagrams.Port join(Datagrams.Receiver receiver) {
        User user = new User(receiver);
        users.add(user);
        return user;
    }

    @Override
    public void ready(int readyOps) {
        for (int i = 0; i < DATAGRAMS_PER_TURN && channel.isOpen(); i++) {
            incoming.clear();
            InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(incoming);
            } catch (IOException e) {
                log.debug("receiving on {}: {}", local, e.toString());
                return;
            }
            if (from == null) {
                return;
            }
            if (isDirect(ports.route()) && !ports.filtered(from.getAddress())) {
                offer(incoming.flip(), from);
            }
        }
    }

    /** A receiver threw. It was logged; the socket serves the others as before. */
    @Override
    public void failed(IOException reason) {
        if (ports.loop().isStopping()) {
            users.clear();
            closeRelay(true);
            Sockets.closeQuietly(channel);
            ports.forget(this);
        }
    }

    private boolean offer(ByteBuffer datagram, InetSocketAddress from) {
        int length = datagram.limit();
        for (User user : users) {
            datagram.limit(length).position(0);
            if (user.receiver.received(datagram, from)) {
                return true;
            }
        }
        return false;
    }

    // ---- the proxy

    private static boolean isDirect(Route route) {
        return route.open() && route.peerProxy().isEmpty();
    }

    /** The way through the proxy of this route; null when it carries no datagrams. */
    private @Nullable UdpRelay relay(Route route) {
        if (!route.open() || !route.peerProxy().map(ProxyServer::carriesDatagrams).orElse(false)) {
            return null;
        }
        synchronized (relayLock) {
            UdpRelay present = relay;
            if (present != null && present.serves(route)) {
                return present;
            }
            closeRelay(false);
            relay = closed ? null : new UdpRelay(ports, route, this::offer);
            return relay;
        }
    }

    private void closeRelay(boolean forGood) {
        synchronized (relayLock) {
            closed |= forGood;
            if (relay != null) {
                relay.close();
                relay = null;
            }
        }
    }

    /** Another route is in force: nothing goes on by the old one. */
    void routeChanged() {
        synchronized (relayLock) {
            if (relay != null && !relay.serves(ports.route())) {
                closeRelay(false);
            }
        }
    }

    // ---- sending

    private boolean send(ByteBuffer datagram, InetSocketAddress to) {
        Route route = ports.route();
        InetAddress address = to.getAddress();
        if (address != null && ports.filtered(address)) {
            return false;
        }
        if (!isDirect(route)) {
            UdpRelay way = relay(route);
            return way != null && way.send(datagram, to);
        }
        try {
            boolean possible = address != null && (!onlyV4 || address instanceof Inet4Address);
            return possible && channel.send(datagram, to) > 0;
        } catch (IOException e) {
            log.trace("sending to {}: {}", to, e.toString());
            return false;
        }
    }

    /** Others may send meanwhile; their datagrams are small enough not to be cut anyway. */
    private synchronized boolean sendUncut(ByteBuffer datagram, InetSocketAddress to) {
        if (uncut == null || !isDirect(ports.route())) {
            return false;
        }
        try {
            channel.setOption(uncut, true);
            try {
                return send(datagram, to);
            } finally {
                channel.setOption(uncut, false);
            }
        } catch (IOException e) {
            log.trace("sending to {}: {}", to, e.toString());
            return false;
        }
    }

    private void leave(User user) throws IOException {
        users.remove(user);
        if (users.isEmpty()) {
            ports.forget(this);
            closeRelay(true);
            channel.close();
            ports.loop().flushCancelled();
        }
    }

    /** What one bundle holds of the socket. */
    private final class User implements Datagrams.Port {
        private final Datagrams.Receiver receiver;

        User(Datagrams.Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public InetSocketAddress local() {
            return local;
        }

        @Override
        public EventLoop loop() {
            return ports.loop();
        }

        @Override
        public boolean send(ByteBuffer datagram, InetSocketAddress to) {
            return UdpSocket.this.send(datagram, to);
        }

        @Override
        public boolean sendUncut(ByteBuffer datagram, InetSocketAddress to) {
            return UdpSocket.this.sendUncut(datagram, to);
        }

        @Override
        public void close() {
            try {
                Handover.run(ports.loop(), () -> leave(this));
            } catch (IOException e) {
                log.debug("closing {}: {}", local, e.toString());
            }
        }
    }
}
