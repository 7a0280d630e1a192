package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.PeerProtocol;

/**
 * Tries to reach one peer: in each swarm of the torrent, over each transport that is switched on,
 * encrypted and in plaintext in the order that the settings say, until one handshake succeeds.
 * Owned by the torrent's loop.
 */
final class DialAttempt {
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(15);

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
    private final List<Way> ways = new ArrayList<>(4);
    private boolean aborted;

    DialAttempt(TorrentCore torrent, InetSocketAddress address, String source) {
        this.torrent = torrent;
        this.address = address;
        this.source = source;
        for (byte[] wireHash : torrent.infoHash().wireHashes()) {
            for (Transport transport : torrent.session().transports()) {
                addWays(wireHash, transport);
            }
        }
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
        Optional<InetSocketAddress> local =
                torrent.session().binding().dialFrom(address.getAddress());
        if (aborted || !torrent.networked() || ways.isEmpty() || local.isEmpty()) {
            return false;
        }
        Way way = ways.removeFirst();
        way.transport.connect(
                torrent.loop(), local.get(), address, CONNECT_NANOS, new Dialled(way));
        return true;
    }

    /** Ends the attempt; what is under way is closed when it comes. */
    void abort() {
        aborted = true;
    }

    /** Hears how a dial ended. */
    private final class Dialled implements Transport.Dial {
        private final Way way;

        Dialled(Way way) {
            this.way = way;
        }

        @Override
        public void connected(Connection connection) {
            Optional<PeerProtocol> protocol = torrent.session().parts().protocol();
            if (aborted || !torrent.networked() || protocol.isEmpty()) {
                connection.close();
                torrent.dialler().failed(DialAttempt.this);
                return;
            }
            PeerSession peer =
                    new PeerSession(
                            torrent, new PeerOrigin(address, source, DialAttempt.this), connection);
            torrent.swarm().dialling(peer);
            protocol.get()
                    .open(
                            connection,
                            torrent.links().spec(connection, way.wireHash),
                            way.encrypted,
                            new GuardedEvents(torrent, peer));
        }

        @Override
        public void failed(String reason) {
            // Who cannot be reached over this transport cannot be reached in its other form either.
            ways.removeIf(other -> other.transport.equals(way.transport));
            if (!next()) {
                torrent.dialler().failed(DialAttempt.this);
            }
        }
    }
}
