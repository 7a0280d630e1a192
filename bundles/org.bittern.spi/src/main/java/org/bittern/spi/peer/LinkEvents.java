package org.bittern.spi.peer;

import org.bittern.spi.net.PooledBuffer;

/** Who reacts to a link. Called on the torrent's loop. */
public interface LinkEvents {
    /**
     * The handshake is done. First call, unless the link fails before: then only {@link #closed}.
     */
    void opened(PeerLink link);

    /** Any message but a block. Already checked: lengths, piece numbers, block bounds are sane. */
    void message(PeerMessage message);

    /**
     * A block arrived, asked for or not. Takes over one reference of {@code data}.
     *
     * @param data position 0, limit = length of the block, 1 to 16384
     */
    void block(int piece, int begin, PooledBuffer data);

    /** Bytes of a block arrived that is not complete yet: the peer is alive and sending. */
    void progress(int bytes);

    /** A block went out completely. */
    void blockSent(int piece, int begin, int length);

    /**
     * The link is gone; last call.
     *
     * @param violation the peer broke the protocol
     * @param reason one line
     */
    void closed(boolean violation, String reason);
}
