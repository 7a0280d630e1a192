package org.bittern.spi.peer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.Connection;

/**
 * A link between two versions of the peer protocol: what one of them knows of it, and the next one
 * needs to go on in the middle of a message. It holds data and types of this bundle only, so that
 * no class of the version that made it is used afterwards. Belongs to the torrent's loop.
 *
 * <p>Who has one owns the connection and the sources of the blocks. Arrays are shared: nobody
 * changes them.
 *
 * @param connection that nobody watches
 * @param spec what we brought, with the number of pieces that is known by now
 * @param peerId the peer's 20 bytes
 * @param features what both sides offer
 * @param incoming the peer dialled us
 * @param extensions name → id that the peer wants to receive (BEP 10)
 * @param receiving what came
 * @param sending what is to go out
 */
public record LinkState(
        Connection connection,
        LinkSpec spec,
        byte[] peerId,
        Features features,
        boolean incoming,
        Map<String, Integer> extensions,
        Receiving receiving,
        Sending sending) {

    /** The same link with something else of ours. */
    public LinkState with(LinkSpec other) {
        return new LinkState(
                connection, other, peerId, features, incoming, extensions, receiving, sending);
    }

    /**
     * The receive path.
     *
     * @param cipher of the bytes that come next; empty in plaintext
     * @param begun of a message that has not come as a whole, from its length prefix on, decrypted
     * @param skipped bytes that come next and belong to a message that nobody reads; then nothing
     *     is begun
     * @param suspended whether it was not to be read ({@link PeerLink#suspendReading})
     * @param bytes received so far, protocol included
     */
    public record Receiving(
            Optional<Cipher> cipher, byte[] begun, int skipped, boolean suspended, long bytes) {}

    /**
     * The send path.
     *
     * @param cipher of the bytes that follow {@code first}; empty in plaintext
     * @param first bytes that go out before anything else, as they are: encrypted already
     * @param ending blocks that have gone out when {@code first} has
     * @param blocks whole blocks that wait behind, in their order
     * @param bytes sent so far, protocol included
     */
    public record Sending(
            Optional<Cipher> cipher,
            byte[] first,
            List<PeerMessage.Request> ending,
            List<Block> blocks,
            long bytes) {}

    /**
     * RC4 in the middle of its key stream.
     *
     * @param permutation 256 bytes
     * @param i 0 to 255, as the algorithm names it
     * @param j 0 to 255
     */
    public record Cipher(byte[] permutation, int i, int j) {}

    /** A block on its way out; its source has a reference of its own. */
    public record Block(int piece, int begin, BlockSource source) {}
}
