package org.bittern.dht.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of a node, shared with others on the same port. Opening and closing block and are
 * synchronized, since a loop must do neither; sending may be done anywhere.
 */
final class NodePorts implements Exchanges.Sender {
    private static final Logger log = LoggerFactory.getLogger(NodePorts.class);

    private final Datagrams datagrams;
    private final Egress egress;
    private final List<InetSocketAddress> wanted;
    private final boolean any; // one socket for both families
    private final Map<InetSocketAddress, Datagrams.Port> open = new HashMap<>();
    private volatile Map<Family, Datagrams.Port> byFamily = Map.of();
    private boolean closed;
    private int attempts;

    /**
     * Ports that are not open yet.
     *
     * @param bind at most one IPv4 and one IPv6; empty: any, both families
     */
    NodePorts(Datagrams datagrams, Egress egress, List<InetAddress> bind, int port) {
        this.datagrams = datagrams;
        this.egress = egress;
        any = bind.isEmpty();
        wanted =
                bind.isEmpty()
                        ? List.of(new InetSocketAddress(port))
                        : bind.stream().map(at -> new InetSocketAddress(at, port)).toList();
    }

    /** Binds what is not bound yet; the families that can be sent to since. */
    synchronized Set<Family> open(DhtNode node) {
        Map<Family, Datagrams.Port> ports = new EnumMap<>(Family.class);
        attempts++;
        for (InetSocketAddress local : wanted) {
            if (!closed && !open.containsKey(local)) {
                open(local, node)
                        .ifPresent(port -> families(local).forEach(f -> ports.put(f, port)));
            }
        }
        Set<Family> added = Set.copyOf(ports.keySet());
        ports.putAll(byFamily);
        byFamily = ports;
        return added;
    }

    private Optional<Datagrams.Port> open(InetSocketAddress local, DhtNode node) {
        try {
            Datagrams.Port port =
                    datagrams.open(local, (bytes, from) -> received(node, bytes, from));
            open.put(local, port);
            return Optional.of(port);
        } catch (IOException e) {
            // Once and no more: at first it may be that of a bundle which is about to go.
            if (attempts == 2) {
                log.warn(
                        "no DHT on {} port {} ({}); it is tried again",
                        local.getAddress().getHostAddress(),
                        local.getPort(),
                        e.getMessage());
            }
            return Optional.empty();
        }
    }

    private Set<Family> families(InetSocketAddress local) {
        return any ? EnumSet.allOf(Family.class) : EnumSet.of(Family.of(local));
    }

    /** True when there is nothing to open, any more or for the time being. */
    synchronized boolean isSettled() {
        return closed || open.size() == wanted.size();
    }

    /** All messages of the DHT are dictionaries; the first byte of uTP is never a {@code d}. */
    private static boolean received(DhtNode node, ByteBuffer bytes, InetSocketAddress from) {
        if (!bytes.hasRemaining() || bytes.get(bytes.position()) != 'd') {
            return false;
        }
        if (bytes.remaining() <= Krpc.MAX_BYTES) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            node.loop().post(() -> node.received(ByteBuffer.wrap(copy), from));
        }
        return true;
    }

    @Override
    public void send(byte[] datagram, InetSocketAddress to) {
        Map<Family, Datagrams.Port> ports = byFamily;
        // A name is looked up by a proxy, which any of our sockets can ask.
        Datagrams.Port port =
                to.isUnresolved()
                        ? ports.values().stream().findFirst().orElse(null)
                        : ports.get(Family.of(to));
        if (port != null) {
            port.send(ByteBuffer.wrap(datagram), to);
        }
    }

    /** Behind a proxy: what it passes on to us are answers, and not for longer than it likes. */
    @Override
    public boolean readOnly() {
        return egress.route().peerProxy().isPresent();
    }

    synchronized void close() {
        closed = true;
        byFamily = Map.of();
        open.values().forEach(Datagrams.Port::close);
        open.clear();
    }
}
