package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.util.Map;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of one link. Owned by the link; not thread-safe.
 *
 * <p>What the peer cannot understand is left out or said in its words: without the fast extension
 * (BEP 6) "have all" becomes a full bitfield, and the others have no meaning there.
 */
public final class MessageEncoder {
    private static final int ROOT_BYTES = 32;

    private final Features features;
    private final ExtensionEncoder extensions = new ExtensionEncoder();
    private int pieceCount;

    /**
     * @param features what both sides offer
     * @param pieceCount pieces of the torrent, 0 while unknown
     */
    public MessageEncoder(Features features, int pieceCount) {
        this.features = features;
        this.pieceCount = pieceCount;
    }

    /** Tells how many pieces there are. */
    public void pieceCount(int pieces) {
        pieceCount = pieces;
    }

    /**
     * Learns the ids that the peer wants to receive; they add to those that are known.
     *
     * @param ids name → id, 0 takes an extension back (BEP 10)
     */
    public void learn(Map<String, Integer> ids) {
        extensions.learn(ids);
    }

    /** The ids of {@link #learn} that are in force. */
    public Map<String, Integer> learnt() {
        return extensions.learnt();
    }

    /**
     * Writes the head of a block; its bytes follow.
     *
     * <pre>{@code
     * // piece: <len=0009+X><id=7><u32 piece><u32 begin><X bytes>
     * }</pre>
     */
    public static void blockHead(int piece, int begin, int length, ByteBuffer to) {
        to.putInt(1 + 2 * Integer.BYTES + length)
                .put((byte) MessageIds.BLOCK)
                .putInt(piece)
                .putInt(begin);
    }

    /** Writes a message, or nothing when the peer has no use for it. */
    public void encode(PeerMessage message, ByteSink to) {
        switch (message) {
            case PeerMessage.KeepAlive() -> to.room(Integer.BYTES).putInt(0);
            case PeerMessage.Choke() -> head(MessageIds.CHOKE, 0, to);
            case PeerMessage.Unchoke() -> head(MessageIds.UNCHOKE, 0, to);
            case PeerMessage.Interested() -> head(MessageIds.INTERESTED, 0, to);
            case PeerMessage.NotInterested() -> head(MessageIds.NOT_INTERESTED, 0, to);
            case PeerMessage.Have(int piece) -> piece(MessageIds.HAVE, piece, to);
            case PeerMessage.Pieces(byte[] wire) -> bytes(MessageIds.BITFIELD, wire, to);
            case PeerMessage.Request(int piece, int begin, int length) ->
                    block(MessageIds.REQUEST, piece, begin, length, to);
            case PeerMessage.Cancel(int piece, int begin, int length) ->
                    block(MessageIds.CANCEL, piece, begin, length, to);
            case PeerMessage.DhtPort(int port) -> dhtPort(port, to);
            case PeerMessage.Suggest(int piece) -> fastPiece(MessageIds.SUGGEST, piece, to);
            case PeerMessage.HaveAll() -> haveAll(to);
            case PeerMessage.HaveNone() -> haveNone(to);
            case PeerMessage.Reject(int piece, int begin, int length) -> {
                if (features.fast()) {
                    block(MessageIds.REJECT, piece, begin, length, to);
                }
            }
            case PeerMessage.AllowedFast(int piece) ->
                    fastPiece(MessageIds.ALLOWED_FAST, piece, to);
            case PeerMessage.HashRequest m ->
                    hashes(MessageIds.HASH_REQUEST, HashHead.of(m), 0, to);
            case PeerMessage.HashReject m -> hashes(MessageIds.HASH_REJECT, HashHead.of(m), 0, to);
            case PeerMessage.Hashes m -> {
                hashes(MessageIds.HASHES, HashHead.of(m), m.hashes().size(), to);
                m.hashes().forEach(hash -> to.put(checkedHash(hash)));
            }
            case PeerMessage.ExtendedHandshake _,
                    PeerMessage.MetadataRequest _,
                    PeerMessage.MetadataData _,
                    PeerMessage.MetadataReject _,
                    PeerMessage.Pex _,
                    PeerMessage.DontHave _,
                    PeerMessage.UploadOnly _,
                    PeerMessage.Holepunch _ ->
                    extended(message, to);
        }
    }

    private static ByteBuffer head(int id, int payloadBytes, ByteSink to) {
        return to.room(Integer.BYTES + 1 + Math.min(payloadBytes, ROOT_BYTES + 4 * Integer.BYTES))
                .putInt(1 + payloadBytes)
                .put((byte) id);
    }

    private static void piece(int id, int piece, ByteSink to) {
        head(id, Integer.BYTES, to).putInt(piece);
    }

    private void fastPiece(int id, int piece, ByteSink to) {
        if (features.fast()) {
            piece(id, piece, to);
        }
    }

    private static void block(int id, int piece, int begin, int length, ByteSink to) {
        head(id, 3 * Integer.BYTES, to).putInt(piece).putInt(begin).putInt(length);
    }

    private static void bytes(int id, byte[] payload, ByteSink to) {
        head(id, payload.length, to);
        to.put(payload);
    }

    private void dhtPort(int port, ByteSink to) {
        if (features.dht()) {
            head(MessageIds.DHT_PORT, Short.BYTES, to).putShort((short) port);
        }
    }

    private void haveAll(ByteSink to) {
        if (features.fast()) {
            head(MessageIds.HAVE_ALL, 0, to);
        } else if (pieceCount > 0) {
            bytes(MessageIds.BITFIELD, Bitfield.full(pieceCount).toWire(), to);
        }
    }

    /** Without the fast extension, silence says the same. */
    private void haveNone(ByteSink to) {
        if (features.fast()) {
            head(MessageIds.HAVE_NONE, 0, to);
        }
    }

    /** What the three messages of BEP 52 begin with. */
    private record HashHead(byte[] root, int base, int index, int length, int proof) {
        static HashHead of(PeerMessage.HashRequest m) {
            return new HashHead(
                    m.piecesRoot(), m.baseLayer(), m.index(), m.length(), m.proofLayers());
        }

        static HashHead of(PeerMessage.HashReject m) {
            return new HashHead(
                    m.piecesRoot(), m.baseLayer(), m.index(), m.length(), m.proofLayers());
        }

        static HashHead of(PeerMessage.Hashes m) {
            return new HashHead(
                    m.piecesRoot(), m.baseLayer(), m.index(), m.length(), m.proofLayers());
        }
    }

    private static void hashes(int id, HashHead head, int count, ByteSink to) {
        head(id, ROOT_BYTES + 4 * Integer.BYTES + count * ROOT_BYTES, to)
                .put(checkedHash(head.root))
                .putInt(head.base)
                .putInt(head.index)
                .putInt(head.length)
                .putInt(head.proof);
    }

    private static byte[] checkedHash(byte[] hash) {
        if (hash.length != ROOT_BYTES) {
            throw new IllegalArgumentException("hash of " + hash.length + " bytes, it has 32");
        }
        return hash;
    }

    private void extended(PeerMessage message, ByteSink to) {
        byte @Nullable [] payload = features.extended() ? extensions.encode(message) : null;
        if (payload != null) {
            bytes(MessageIds.EXTENDED, payload, to);
        }
    }
}
