package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Route;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one UDP socket's datagrams through a SOCKS 5 proxy. The proxy is asked when the first
 * datagram wants out, and again when the association has ended or is silent; what comes while it is
 * asked waits, and what finds no association is dropped. Sending may be done anywhere, the rest
 * belongs to the listener loop.
 */
final class UdpRelay implements Watched {
    /** Datagrams that wait while the proxy is asked. */
    static final int MAX_WAITING = 64;

    /** From asking the proxy to asking it again, whatever came of it. */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int RECEIVE_BYTES = 1 << 16;
    private static final Logger log = LoggerFactory.getLogger(UdpRelay.class);

    private final UdpPorts ports;
    private final Route route;
    private final Datagrams.Receiver receiver;
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(RECEIVE_BYTES);

    // The rest is guarded by this, for moments only: any loop may send.
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
    private @Nullable Open open; // null while there is no association
    private boolean asking;
    private boolean asked;
    private long askedNanos;
    private boolean closed;

    private record Open(Association association, DatagramChannel channel) {
        void close() {
            association.close();
            Sockets.closeQuietly(channel);
        }

        /** Something goes out: whether nothing has come for too long. */
        boolean isSilent(long now) {
            return association.silence().sent(now);
        }
    }

    /**
     * A way that is not open yet.
     *
     * @param route with a proxy for peers that carries datagrams
     * @param receiver of what comes, on the listener loop
     */
    UdpRelay(UdpPorts ports, Route route, Datagrams.Receiver receiver) {
        this.ports = ports;
        this.route = route;
        this.receiver = receiver;
    }

    /** Whether it goes where this route does. */
    boolean serves(Route now) {
        return route.equals(now);
    }

    /**
     * Sends a datagram, or drops it.
     *
     * @param to unresolved: the proxy looks the name up
     * @return false when it was dropped
     */
    boolean send(ByteBuffer datagram, InetSocketAddress to) {
        ByteBuffer packet = ByteBuffer.allocate(RelayHeader.MAX_BYTES + datagram.remaining());
        try {
            RelayHeader.write(to, packet);
            packet.put(datagram.duplicate()).flip();
            if (!pass(packet)) {
                return false;
            }
        } catch (IOException e) {
            log.trace("sending to {}: {}", to, e.toString());
            return false;
        }
        datagram.position(datagram.limit());
        return true;
    }

    private boolean pass(ByteBuffer packet) throws IOException {
        Open way;
        synchronized (this) {
            way = open;
            if (way == null) {
                return await(packet);
            }
        }
        if (way.isSilent(ports.loop().nanoTime())) {
            ended(way);
            synchronized (this) {
                return await(packet);
            }
        }
        return way.channel.send(packet, way.association.relay()) > 0;
    }

    private boolean await(ByteBuffer packet) {
        return ask() && waiting.size() < MAX_WAITING && waiting.add(packet);
    }

    /** Begins to ask the proxy unless that was done lately; whether it is being asked. */
    private boolean ask() {
        long now = ports.loop().nanoTime();
        if (!closed && !asking && (!asked || now - askedNanos >= PAUSE_NANOS)) {
            asking = true;
            asked = true;
            askedNanos = now;
            Thread.ofVirtual().name("udp-relay").start(this::associate);
        }
        return asking;
    }

    private void associate() {
        try {
            open(ports.associate(route));
        } catch (IOException e) {
            log.debug("the proxy carries no datagrams: {}", e.toString());
            end(null);
        }
    }

    private void open(Association association) throws IOException {
        Open way = null;
        boolean kept = false;
        try {
            Open next = new Open(association, UdpSocket.channel(association.local()));
            way = next;
            Handover.run(ports.loop(), () -> begin(next));
            association.watch(() -> ended(next));
            kept = true;
        } finally {
            if (!kept && way != null) {
                way.close();
            } else if (!kept) {
                association.close();
            }
        }
    }

    private void begin(Open way) throws IOException {
        ports.loop().register(way.channel, this).interestOps(SelectionKey.OP_READ);
        List<ByteBuffer> packets;
        synchronized (this) {
            if (closed) {
                throw new IOException("the socket was closed meanwhile");
            }
            open = way;
            asking = false;
            packets = List.copyOf(waiting);
            waiting.clear();
        }
        for (ByteBuffer packet : packets) {
            way.channel.send(packet, way.association.relay());
        }
    }

    private void ended(Open way) {
        log.debug("an association with the proxy has ended");
        end(way);
        way.close();
    }

    private synchronized void end(@Nullable Open way) {
        if (Objects.equals(open, way)) {
            open = null;
            asking = false;
            waiting.clear();
        }
    }

    @Override
    public void ready(int readyOps) {
        Open way;
        synchronized (this) {
            way = open;
        }
        for (int i = 0; way != null && i < UdpSocket.DATAGRAMS_PER_TURN; i++) {
            incoming.clear();
            InetSocketAddress relay;
            try {
                relay = (InetSocketAddress) way.channel.receive(incoming);
            } catch (IOException e) {
                log.debug("receiving through the proxy: {}", e.toString());
                return;
            }
            if (relay == null) {
                return;
            }
            if (relay.equals(way.association.relay())) { // nobody but the proxy can know us
                way.association.silence().heard();
                offer(incoming.flip());
            }
        }
    }

    private void offer(ByteBuffer packet) {
        InetSocketAddress from = RelayHeader.read(packet);
        InetAddress address = from == null ? null : from.getAddress();
        if (from != null && address != null && serves(ports.route()) && !ports.filtered(address)) {
            receiver.received(packet.slice(), from);
        }
    }

    /** A receiver threw. It was logged; the way serves the others as before. */
    @Override
    public void failed(IOException reason) {
        if (ports.loop().isStopping()) {
            close();
        }
    }

    /** Any thread. */
    void close() {
        Open way;
        synchronized (this) {
            closed = true;
            way = open;
            open = null;
            waiting.clear();
        }
        if (way != null) {
            way.close();
        }
    }
}
