package org.bittern.spi.peer;

import java.util.Optional;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** Speaks the peer protocol over connections. Thread-safe. */
@ProviderType
public interface PeerProtocol {

    /** Length of an info-hash and of a peer id on the wire, in bytes. */
    int HASH_BYTES = 20;

    /**
     * Opens a link on a connection that we dialled: our handshake goes out at once. Must be called
     * on the connection's loop; {@code events} are called there.
     *
     * @param encrypted start with MSE; otherwise in plaintext
     */
    void open(Connection connection, LinkSpec spec, boolean encrypted, LinkEvents events);

    /**
     * Waits for the handshake on a connection that a peer dialled, finds the torrent, moves the
     * connection to the torrent's loop and opens the link there.
     */
    void accept(Connection connection, LinkRouter router);

    /**
     * Goes on with a link that another version of the protocol has left. On the connection's loop;
     * {@code events} are called there, later, and {@link LinkEvents#opened} is not.
     *
     * @return empty when this version cannot: the state still belongs to the caller
     */
    default Optional<PeerLink> resume(LinkState state, LinkEvents events) {
        return Optional.empty();
    }

    /** Knows which torrents take incoming links. Thread-safe. */
    interface LinkRouter {
        /**
         * The torrent with this hash on the wire.
         *
         * @param infoHash 20 bytes: v1, or v2 truncated (BEP 52)
         * @return null when there is none, or it takes no more links: the connection is closed
         *     unanswered
         */
        @Nullable LinkHost find(byte[] infoHash);

        /** Hashes on the wire of all torrents that take links, for MSE: SKEY is one of them. */
        Iterable<byte[]> infoHashes();

        /** Whether plaintext and encrypted links are welcome. */
        EncryptionPolicy incomingEncryption();
    }

    /** A torrent that takes incoming links. */
    interface LinkHost {
        /** The torrent's loop. Any thread. */
        EventLoop loop();

        /** What to say in our handshake. On the torrent's loop. */
        LinkSpec spec(Connection connection);

        /**
         * Who reacts to the link. On the torrent's loop, before {@link LinkEvents#opened}.
         *
         * @return null to close it unanswered
         */
        @Nullable LinkEvents welcome(Connection connection);
    }

    /** Which forms of link are allowed. */
    enum EncryptionPolicy {
        PLAINTEXT_ONLY,
        BOTH,
        RC4_ONLY
    }
}
