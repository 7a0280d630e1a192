package org.bittern.spi.peer;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.bittern.spi.disk.BlockSource;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A link to a peer after the handshake. Owned by the torrent's loop; every method must be called
 * there.
 */
@ProviderType
public interface PeerLink {

    /** Where the peer is, as its connection names it. */
    InetSocketAddress remote();

    /** The peer's 20 bytes; shared, do not change. */
    byte[] peerId();

    /** {@code tcp} or {@code utp}. */
    String transport();

    /** True when the payload is RC4. */
    boolean encrypted();

    /** True when the peer dialled us. */
    boolean incoming();

    /**
     * True when file regions are the cheapest source for {@link #sendBlock}: they are not copied
     * through memory of their own.
     */
    boolean zeroCopy();

    /** What both sides offer. */
    Features features();

    /**
     * Queues a message; it goes out at the end of the loop's turn at the latest.
     *
     * <p>An extension message that the peer did not announce is dropped.
     */
    void send(PeerMessage message);

    /**
     * Queues a block. Takes over the source: it is released when it is sent or dropped.
     *
     * @see LinkEvents#blockSent
     */
    void sendBlock(int piece, int begin, BlockSource source);

    /**
     * Takes back a queued block of which no byte has gone out.
     *
     * @return false when it was not queued or has begun
     */
    boolean withdrawBlock(int piece, int begin);

    /** Payload and protocol bytes that wait to be written. */
    long queuedBytes();

    /** Tells the link how many pieces there are, once the metadata is known. */
    void pieceCount(int pieces);

    /** Stops or resumes reading: back-pressure of the disk. */
    void suspendReading(boolean suspended);

    /** Bytes received, protocol included. */
    long receivedBytes();

    /** Bytes sent, protocol included. */
    long sentBytes();

    /**
     * Takes the connection out of the link, for another version of the protocol to go on with
     * ({@link PeerProtocol#resume}). Then the link is over without an event, and must not be used.
     * Not from within an event.
     *
     * @return empty when that cannot be: the link stays what it is
     */
    default Optional<LinkState> leave() {
        return Optional.empty();
    }

    /**
     * Closes the link; {@link LinkEvents#closed} is called once, later in this turn or the next.
     *
     * @param reason one line, for counters and DEBUG logs
     */
    void close(String reason);
}
