package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames of one link into messages. Owned by the link; not thread-safe.
 *
 * <pre>{@code
 * // <u32 length><u8 id><length - 1 bytes of payload>   big-endian, BEP 3
 * }</pre>
 */
public final class MessageDecoder {
    private static final int HASH_BYTES = 32;
    private static final int HASH_HEAD_BYTES = 48;
    private static final int BLOCK_HEAD_BYTES = 9;

    private final Features features;
    private final ExtensionDecoder extensions;
    private int pieceCount;

    /**
     * @param features what both sides offer
     * @param pieceCount pieces of the torrent, 0 while unknown
     * @param withheld names of extensions that we do not announce
     */
    public MessageDecoder(Features features, int pieceCount, List<String> withheld) {
        this.features = features;
        this.pieceCount = pieceCount;
        extensions = new ExtensionDecoder(withheld);
    }

    /** Tells how many pieces there are. */
    public void pieceCount(int pieces) {
        pieceCount = pieces;
    }

    /** Whether payloads of this id are decoded; others are skipped unread. */
    public boolean reads(int id) {
        return switch (id) {
            case MessageIds.DHT_PORT -> features.dht();
            case MessageIds.EXTENDED -> features.extended();
            default ->
                    id <= MessageIds.CANCEL
                            || fast(id)
                            || (id >= MessageIds.HASH_REQUEST && id <= MessageIds.HASH_REJECT);
        };
    }

    private static boolean fast(int id) {
        return id >= MessageIds.SUGGEST && id <= MessageIds.ALLOWED_FAST;
    }

    /**
     * Judges a frame by its first five bytes.
     *
     * @param length value of the length prefix, 1 or more
     * @return why it is refused, null when it is welcome
     */
    public @Nullable String refusal(int id, int length) {
        if (fast(id) && !features.fast()) {
            return "message %d without the fast extension".formatted(id);
        }
        return switch (id) {
            case MessageIds.CHOKE,
                    MessageIds.UNCHOKE,
                    MessageIds.INTERESTED,
                    MessageIds.NOT_INTERESTED,
                    MessageIds.HAVE_ALL,
                    MessageIds.HAVE_NONE ->
                    within(id, length, 1, 1);
            case MessageIds.DHT_PORT -> within(id, length, 3, 3);
            case MessageIds.HAVE, MessageIds.SUGGEST, MessageIds.ALLOWED_FAST ->
                    within(id, length, 5, 5);
            case MessageIds.REQUEST, MessageIds.CANCEL, MessageIds.REJECT ->
                    within(id, length, 13, 13);
            case MessageIds.BITFIELD -> {
                int bytes = 1 + Bitfield.wireLength(pieceCount);
                yield pieceCount > 0
                        ? within(id, length, bytes, bytes)
                        : within(id, length, 1, 1 + WireLimits.MAX_BITFIELD_BYTES);
            }
            case MessageIds.BLOCK ->
                    within(
                            id,
                            length,
                            BLOCK_HEAD_BYTES + 1,
                            BLOCK_HEAD_BYTES + WireLimits.BLOCK_BYTES);
            case MessageIds.EXTENDED -> within(id, length, 2, 2 + WireLimits.MAX_EXTENSION_BYTES);
            case MessageIds.HASH_REQUEST, MessageIds.HASH_REJECT ->
                    within(id, length, 1 + HASH_HEAD_BYTES, 1 + HASH_HEAD_BYTES);
            case MessageIds.HASHES ->
                    within(
                            id,
                            length,
                            1 + HASH_HEAD_BYTES,
                            1 + HASH_HEAD_BYTES + HASH_BYTES * WireLimits.MAX_HASHES);
            default -> within(id, length, 1, WireLimits.MAX_UNKNOWN_BYTES);
        };
    }

    private static @Nullable String within(int id, int length, int least, int most) {
        if (length >= least && length <= most) {
            return null;
        }
        return least == most
                ? "message %d of %d bytes, it has %d".formatted(id, length, least)
                : "message %d of %d bytes, %d to %d are allowed".formatted(id, length, least, most);
    }

    /**
     * Judges the head of a block.
     *
     * @return why it is refused, null when it is welcome
     */
    public @Nullable String blockRefusal(int piece, int begin, int length) {
        if (badPiece(piece)) {
            return noPiece("block", piece);
        }
        return begin < 0 || begin > Integer.MAX_VALUE - length
                ? "block at %d of piece %d".formatted(Integer.toUnsignedLong(begin), piece)
                : null;
    }

    /**
     * Decodes a payload whose frame was not refused.
     *
     * @param id any but {@link MessageIds#BLOCK}
     * @param payload all that follows the id; its position may move
     */
    public Decoded decode(int id, ByteBuffer payload) {
        return switch (id) {
            case MessageIds.CHOKE -> Decoded.of(new PeerMessage.Choke());
            case MessageIds.UNCHOKE -> Decoded.of(new PeerMessage.Unchoke());
            case MessageIds.INTERESTED -> Decoded.of(new PeerMessage.Interested());
            case MessageIds.NOT_INTERESTED -> Decoded.of(new PeerMessage.NotInterested());
            case MessageIds.HAVE_ALL -> Decoded.of(new PeerMessage.HaveAll());
            case MessageIds.HAVE_NONE -> Decoded.of(new PeerMessage.HaveNone());
            case MessageIds.HAVE, MessageIds.SUGGEST, MessageIds.ALLOWED_FAST ->
                    piece(id, payload.getInt());
            case MessageIds.BITFIELD -> bitfield(payload);
            case MessageIds.REQUEST, MessageIds.CANCEL, MessageIds.REJECT ->
                    block(id, payload.getInt(), payload.getInt(), payload.getInt());
            case MessageIds.DHT_PORT -> dhtPort(Short.toUnsignedInt(payload.getShort()));
            case MessageIds.EXTENDED -> extensions.decode(payload, pieceCount);
            case MessageIds.HASH_REQUEST, MessageIds.HASHES, MessageIds.HASH_REJECT ->
                    hashes(id, payload);
            default -> Decoded.IGNORED;
        };
    }

    // have, suggest, allowed fast: <len=0005><id><u32 piece>
    private Decoded piece(int id, int piece) {
        if (badPiece(piece)) {
            return Decoded.violation(noPiece("message " + id, piece));
        }
        return Decoded.of(
                switch (id) {
                    case MessageIds.HAVE -> new PeerMessage.Have(piece);
                    case MessageIds.SUGGEST -> new PeerMessage.Suggest(piece);
                    default -> new PeerMessage.AllowedFast(piece);
                });
    }

    // bitfield: <len=0001+X><id=5><X bytes, high bit = piece 0, spare bits 0>
    private Decoded bitfield(ByteBuffer payload) {
        byte[] wire = new byte[payload.remaining()];
        payload.get(wire);
        int spare = 8 * wire.length - pieceCount;
        if (pieceCount > 0 && spare > 0 && (wire[wire.length - 1] & ((1 << spare) - 1)) != 0) {
            return Decoded.violation(
                    "bitfield with a spare bit set after %d pieces".formatted(pieceCount));
        }
        return Decoded.of(new PeerMessage.Pieces(wire));
    }

    // request, cancel, reject: <len=0013><id><u32 piece><u32 begin><u32 length>
    private Decoded block(int id, int piece, int begin, int length) {
        if (badPiece(piece)) {
            return Decoded.violation(noPiece("message " + id, piece));
        }
        if (length <= 0 || length > WireLimits.MAX_REQUEST_BYTES) {
            return Decoded.violation(
                    "message %d for %d bytes, 1 to %d are allowed"
                            .formatted(
                                    id,
                                    Integer.toUnsignedLong(length),
                                    WireLimits.MAX_REQUEST_BYTES));
        }
        if (begin < 0 || begin > Integer.MAX_VALUE - length) {
            return Decoded.violation(
                    "message %d at %d of piece %d"
                            .formatted(id, Integer.toUnsignedLong(begin), piece));
        }
        return Decoded.of(
                switch (id) {
                    case MessageIds.REQUEST -> new PeerMessage.Request(piece, begin, length);
                    case MessageIds.CANCEL -> new PeerMessage.Cancel(piece, begin, length);
                    default -> new PeerMessage.Reject(piece, begin, length);
                });
    }

    // port: <len=0003><id=9><u16 port>   0 says that there is no DHT node
    private static Decoded dhtPort(int port) {
        return port == 0 ? Decoded.IGNORED : Decoded.of(new PeerMessage.DhtPort(port));
    }

    // <len><id><32 pieces root><u32 base layer><u32 index><u32 length><u32 proof layers>[32 bytes
    // each]
    private static Decoded hashes(int id, ByteBuffer payload) {
        byte[] root = new byte[HASH_BYTES];
        payload.get(root);
        int base = payload.getInt();
        int index = payload.getInt();
        int length = payload.getInt();
        int proof = payload.getInt();
        if ((base | index | length | proof) < 0) {
            return Decoded.violation("message %d with a number above 2^31 - 1".formatted(id));
        }
        if (id == MessageIds.HASH_REQUEST) {
            return Decoded.of(new PeerMessage.HashRequest(root, base, index, length, proof));
        }
        if (id == MessageIds.HASH_REJECT) {
            return Decoded.of(new PeerMessage.HashReject(root, base, index, length, proof));
        }
        if (payload.remaining() % HASH_BYTES != 0) {
            return Decoded.violation(
                    "hashes of %d bytes, each has %d".formatted(payload.remaining(), HASH_BYTES));
        }
        List<byte[]> hashes = new ArrayList<>(payload.remaining() / HASH_BYTES);
        while (payload.hasRemaining()) {
            byte[] hash = new byte[HASH_BYTES];
            payload.get(hash);
            hashes.add(hash);
        }
        return Decoded.of(new PeerMessage.Hashes(root, base, index, length, proof, hashes));
    }

    private boolean badPiece(int piece) {
        return piece < 0 || (pieceCount > 0 && piece >= pieceCount);
    }

    private String noPiece(String what, int piece) {
        return "%s of piece %d, torrent has %d"
                .formatted(what, Integer.toUnsignedLong(piece), pieceCount);
    }
}
