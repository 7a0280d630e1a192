package org.bittern.engine.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.PeerProtocol;

/**
 * Tries to reach one peer: in each swarm of the torrent, over each transport that is switched on,
 * encrypted and in plaintext in the order that the settings say, until one handshake succeeds.
 * Owned by the torrent's loop.
 *
 * <p>uTP goes first to whom is known to speak it and to who is far away: it leaves room for others
 * on the line. On the local network, where it would only cost more, TCP does. The other transport
 * follows a moment later unless the first one was faster, so that who speaks only one of them is
 * reached soon (as RFC 8305 does with addresses).
 */
final class DialAttempt {
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** First byte of addresses that are used within a site (RFC 4193): fc or fd. */
    private static final int UNIQUE_LOCAL = 0xfc;

    private static final int UNIQUE_LOCAL_MASK = 0xfe;

    /** What the first transport has before the other one begins. */
    private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * One way to reach the peer.
     *
     * @param wireHash of the swarm: a peer that came from a v2 magnet link does not know the v1
     *     hash of a hybrid
     */
    private record Way(byte[] wireHash, Transport transport, boolean encrypted) {}

    private final TorrentCore torrent;
    private final InetSocketAddress address;
    private final String source;
    private final boolean punch;
    private final List<Way> ways = new ArrayList<>(4);
    private EventLoop.Timer rival = () -> {};
    private int underWay; // dials without an outcome
    private boolean answered; // the peer took a connection
    private boolean connected; // one has an outcome, and its handshake goes on
    private boolean aborted;

    /**
     * @param punch over uTP only: the peer dials us at this moment
     */
    DialAttempt(TorrentCore torrent, InetSocketAddress address, String source, boolean punch) {
        this.torrent = torrent;
        this.address = address;
        this.source = source;
        this.punch = punch;
        for (byte[] wireHash : torrent.swarms().wireHashes()) {
            for (Transport transport : inOrder(torrent.session().transports())) {
                if (!punch || transport.name().equals("utp")) {
                    addWays(wireHash, transport);
                }
            }
        }
    }

    private List<Transport> inOrder(List<Transport> tcpFirst) {
        boolean utpFirst =
                torrent.dialler().utp().contains(address) || !isNear(address.getAddress());
        return utpFirst ? tcpFirst.reversed() : tcpFirst;
    }

    private static boolean isNear(InetAddress host) {
        return host.isLoopbackAddress()
                || host.isLinkLocalAddress()
                || host.isSiteLocalAddress()
                || (host instanceof Inet6Address
                        && (host.getAddress()[0] & UNIQUE_LOCAL_MASK) == UNIQUE_LOCAL);
    }

    private void addWays(byte[] wireHash, Transport transport) {
        Way encrypted = new Way(wireHash, transport, true);
        Way plain = new Way(wireHash, transport, false);
        ways.addAll(
                switch (torrent.session().setting(EngineSettings.ENCRYPTION)) {
                    case REQUIRED -> List.of(encrypted);
                    case PREFERRED -> List.of(encrypted, plain);
                    case TOLERATED -> List.of(plain, encrypted);
                    case DISABLED -> List.of(plain);
                });
    }

    InetSocketAddress address() {
        return address;
    }

    /** Whether it was agreed by a third peer (BEP 55). */
    boolean isPunch() {
        return punch;
    }

    /** Whether the peer was there, whatever it did then. */
    boolean wasAnswered() {
        return answered;
    }

    /** Tries the first way; the outcome comes later. */
    void begin() {
        torrent.wake();
        if (!next()) {
            torrent.loop().execute(() -> torrent.dialler().failed(this));
        }
    }

    /**
     * Tries the next way.
     *
     * @return false when there is none left
     */
    boolean next() {
        connected = false;
        Optional<InetSocketAddress> local = torrent.session().dialFrom(address.getAddress());
        if (aborted || !torrent.networked() || local.isEmpty()) {
            return false;
        }
        if (ways.isEmpty()) {
            return underWay > 0;
        }
        Way way = dial(local.get(), ways.getFirst());
        rival.cancel();
        rival = torrent.loop().schedule(HEAD_START_NANOS, () -> follow(local.get(), way));
        return true;
    }

    private Way dial(InetSocketAddress local, Way way) {
        ways.remove(way);
        underWay++;
        way.transport.connect(torrent.loop(), local, address, CONNECT_NANOS, new Dialled(way));
        return way;
    }

    /** The first transport takes its time: the other one begins beside it. */
    private void follow(InetSocketAddress local, Way leader) {
        if (!connected && !aborted && underWay == 1 && torrent.networked()) {
            ways.stream()
                    .filter(way -> !way.transport.equals(leader.transport))
                    .findFirst()
                    .ifPresent(way -> dial(local, way));
        }
    }

    /** Ends the attempt; what is under way is closed when it comes. */
    void abort() {
        aborted = true;
        rival.cancel();
    }

    /** Hears how a dial ended. */
    private final class Dialled implements Transport.Dial {
        private final Way way;

        Dialled(Way way) {
            this.way = way;
        }

        @Override
        public void connected(Connection connection) {
            underWay--;
            if (connected || torrent.dialler().isOver(DialAttempt.this)) {
                connection.close(); // the other transport was faster
                return;
            }
            Optional<PeerProtocol> protocol = torrent.session().parts().protocol();
            if (aborted || !torrent.networked() || protocol.isEmpty()) {
                connection.close();
                torrent.dialler().failed(DialAttempt.this);
                return;
            }
            connected = true;
            answered = true;
            rival.cancel();
            boolean byV2 = torrent.links().isV2(way.wireHash);
            PeerOrigin origin = new PeerOrigin(address, source, DialAttempt.this, byV2);
            PeerSession peer = new PeerSession(torrent, origin, connection);
            torrent.swarm().reception().dialling(peer);
            protocol.get()
                    .open(
                            connection,
                            torrent.links().spec(connection, way.wireHash),
                            way.encrypted,
                            new GuardedEvents(torrent, peer));
        }

        @Override
        public void failed(String reason) {
            underWay--;
            // Who cannot be reached over this transport cannot be reached in its other form either.
            ways.removeIf(other -> other.transport.equals(way.transport));
            if (!way.transport.name().equals("tcp")) {
                torrent.dialler().utp().remove(address);
            }
            if (connected || underWay > 0) {
                return; // the other transport may do
            }
            if (!next()) {
                torrent.dialler().failed(DialAttempt.this);
            }
        }
    }
}
