package org.bittern.spi.peer;

import java.util.Optional;
import org.bittern.spi.net.RateLimit;

/**
 * What we bring to a link.
 *
 * @param infoHash 20 bytes on the wire: v1, or v2 truncated
 * @param upgrade 20 bytes, the v2 hash truncated, when {@code infoHash} is the v1 hash of a hybrid:
 *     two peers that both offer {@link Features#v2} go on in its v2 swarm (BEP 52); else empty
 * @param peerId our 20 bytes
 * @param features what our handshake offers
 * @param encryption which forms are allowed
 * @param pieceCount pieces of the torrent, 0 while the metadata is unknown: then bitfield and have
 *     are checked later by the engine
 * @param down asked before payload is read
 * @param up asked before payload is written
 * @param hello our extension handshake (BEP 10), sent when the peer supports it
 */
public record LinkSpec(
        byte[] infoHash,
        Optional<byte[]> upgrade,
        byte[] peerId,
        Features features,
        PeerProtocol.EncryptionPolicy encryption,
        int pieceCount,
        RateLimit down,
        RateLimit up,
        PeerMessage.ExtendedHandshake hello) {

    public LinkSpec {
        if (infoHash.length != PeerProtocol.HASH_BYTES
                || upgrade.filter(hash -> hash.length != PeerProtocol.HASH_BYTES).isPresent()
                || peerId.length != PeerProtocol.HASH_BYTES) {
            throw new IllegalArgumentException("info-hash and peer id have 20 bytes");
        }
    }

    /** The same for a torrent of so many pieces. */
    public LinkSpec withPieceCount(int pieces) {
        return new LinkSpec(
                infoHash, upgrade, peerId, features, encryption, pieces, down, up, hello);
    }
}
