package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BDocument;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BencodeException;
import org.bittern.bencode.KeyOrder;
import org.bittern.spi.peer.PeerMessage;

/**
 * Reads extension messages, which carry the ids that we announced.
 *
 * <pre>{@code
 * // <len><id=20><u8 extension id, 0 = handshake><payload>   BEP 10
 * }</pre>
 */
final class ExtensionDecoder {
    private static final BLimits LIMITS =
            new BLimits(WireLimits.MAX_EXTENSION_BYTES + 1, 16, 5_000);
    private static final int MAX_PORT = 65_535;
    private static final int MAX_ID = 255;

    private final List<String> withheld;

    ExtensionDecoder(List<String> withheld) {
        this.withheld = List.copyOf(withheld);
    }

    Decoded decode(ByteBuffer payload, int pieceCount) {
        int id = Byte.toUnsignedInt(payload.get());
        Extension extension = Extension.byOurId(id);
        try {
            if (id == 0) {
                return handshake(payload);
            }
            if (extension == null || withheld.contains(extension.wireName())) {
                return Decoded.IGNORED;
            }
            return switch (extension) {
                case UT_PEX -> pex(payload);
                case UT_METADATA -> metadata(payload);
                case UPLOAD_ONLY -> uploadOnly(payload);
                case UT_HOLEPUNCH -> holepunch(payload);
                case LT_DONTHAVE -> dontHave(payload, pieceCount);
            };
        } catch (BencodeException e) {
            return Decoded.violation("extension message " + id + ": " + e.getMessage());
        }
    }

    private static Decoded handshake(ByteBuffer payload) throws BencodeException {
        // Bytes after the dictionary and keys out of order are seen in the wild; they do no harm.
        BValue value = BReader.parsePrefix(payload, LIMITS, KeyOrder.LENIENT).value();
        if (!(value instanceof BDict dict)) {
            return Decoded.violation("extension handshake without a dictionary");
        }
        long metadata = dict.integer("metadata_size").orElse(0);
        if (metadata < 0 || metadata > WireLimits.MAX_METADATA_BYTES) {
            return Decoded.violation(
                    "metadata of %d bytes, at most %d are allowed"
                            .formatted(metadata, WireLimits.MAX_METADATA_BYTES));
        }
        return Decoded.of(
                new PeerMessage.ExtendedHandshake(
                        ids(dict.dict("m").orElse(BDict.EMPTY)),
                        List.of(),
                        client(dict.text("v").orElse("")),
                        number(dict.integer("p"), MAX_PORT),
                        number(dict.integer("reqq"), Integer.MAX_VALUE),
                        metadata == 0 ? OptionalLong.empty() : OptionalLong.of(metadata),
                        dict.integer("upload_only").orElse(0) != 0,
                        yourAddress(dict)));
    }

    /** Id 0 stays in the map: it takes an extension back. */
    private static Map<String, Integer> ids(BDict names) {
        Map<String, Integer> ids = new HashMap<>();
        for (BString name : names.keys()) {
            if (ids.size() < WireLimits.MAX_EXTENSIONS
                    && names.get(name).orElse(null) instanceof BInteger(long id)
                    && id >= 0
                    && id <= MAX_ID) {
                ids.put(name.utf8(), (int) id);
            }
        }
        return Map.copyOf(ids);
    }

    private static String client(String name) {
        String kept = name.substring(0, Math.min(name.length(), WireLimits.MAX_CLIENT_CHARS));
        return kept.replaceAll("\\p{Cntrl}", "?");
    }

    private static OptionalInt number(OptionalLong value, int most) {
        long number = value.orElse(0);
        return number > 0 && number <= most ? OptionalInt.of((int) number) : OptionalInt.empty();
    }

    private static Optional<byte[]> yourAddress(BDict dict) {
        return dict.string("yourip")
                .map(BString::bytes)
                .filter(ip -> ip.length == Addresses.V4_BYTES || ip.length == Addresses.V6_BYTES);
    }

    // d5:added<6n>7:added.f<n>6:added6<18n>8:added6.f<n>7:dropped<6n>8:dropped6<18n>e   BEP 11
    private static Decoded pex(ByteBuffer payload) throws BencodeException {
        BValue value = BReader.parsePrefix(payload, LIMITS, KeyOrder.LENIENT).value();
        if (!(value instanceof BDict dict)) {
            return Decoded.violation("ut_pex without a dictionary");
        }
        PexLists lists = new PexLists(dict);
        String fault = lists.fault();
        return fault == null ? Decoded.of(lists.message()) : Decoded.violation(fault);
    }

    // d8:msg_typei1e5:piecei0e10:total_sizei34256ee<data>   BEP 9
    private static Decoded metadata(ByteBuffer payload) throws BencodeException {
        BDocument document = BReader.parsePrefix(payload, LIMITS, KeyOrder.LENIENT);
        if (!(document.value() instanceof BDict dict)) {
            return Decoded.violation("ut_metadata without a dictionary");
        }
        long piece = dict.integer("piece").orElse(-1);
        if (piece < 0 || piece > WireLimits.MAX_METADATA_BYTES / WireLimits.METADATA_PIECE_BYTES) {
            return Decoded.violation("ut_metadata of piece %d".formatted(piece));
        }
        return switch (Math.clamp(dict.integer("msg_type").orElse(-1), -1, 3)) {
            case 0 -> Decoded.of(new PeerMessage.MetadataRequest((int) piece));
            case 1 -> {
                payload.position(payload.position() + document.length());
                yield metadataData((int) piece, dict.integer("total_size").orElse(-1), payload);
            }
            case 2 -> Decoded.of(new PeerMessage.MetadataReject((int) piece));
            default -> Decoded.IGNORED; // "clients MUST ignore unknown types", BEP 9
        };
    }

    private static Decoded metadataData(int piece, long total, ByteBuffer data) {
        if (total < 0 || total > WireLimits.MAX_METADATA_BYTES) {
            return Decoded.violation(
                    "metadata of %d bytes, at most %d are allowed"
                            .formatted(total, WireLimits.MAX_METADATA_BYTES));
        }
        if (data.remaining() > WireLimits.METADATA_PIECE_BYTES) {
            return Decoded.violation(
                    "piece of metadata with %d bytes, at most %d are allowed"
                            .formatted(data.remaining(), WireLimits.METADATA_PIECE_BYTES));
        }
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return Decoded.of(new PeerMessage.MetadataData(piece, total, bytes));
    }

    // <u8, 0 = downloads too>   BEP 21; some senders write more than one byte
    private static Decoded uploadOnly(ByteBuffer payload) {
        if (!payload.hasRemaining()) {
            return Decoded.violation("upload_only without a value");
        }
        boolean set = false;
        while (payload.hasRemaining()) {
            set |= payload.get() != 0;
        }
        return Decoded.of(new PeerMessage.UploadOnly(set));
    }

    // <u8 type><u8 0 = IPv4, 1 = IPv6><4 or 16 address><u16 port>[u32 error]   BEP 55
    private static Decoded holepunch(ByteBuffer payload) {
        if (payload.remaining() < 2) {
            return Decoded.violation("ut_holepunch of %d bytes".formatted(payload.remaining()));
        }
        int type = Byte.toUnsignedInt(payload.get());
        int family = Byte.toUnsignedInt(payload.get());
        int addressBytes = family == 0 ? Addresses.V4_BYTES : Addresses.V6_BYTES;
        if (family > 1 || payload.remaining() < addressBytes + Short.BYTES) {
            return Decoded.violation(
                    "ut_holepunch with address type %d and %d bytes"
                            .formatted(family, payload.remaining()));
        }
        if (type > 2) {
            return Decoded.IGNORED;
        }
        var address = Addresses.read(payload, addressBytes);
        int error = payload.remaining() >= Integer.BYTES ? payload.getInt() : 0;
        return Decoded.of(new PeerMessage.Holepunch(type, address, error));
    }

    // <u32 piece>   BEP 54
    private static Decoded dontHave(ByteBuffer payload, int pieceCount) {
        if (payload.remaining() != Integer.BYTES) {
            return Decoded.violation(
                    "lt_donthave of %d bytes, it has 4".formatted(payload.remaining()));
        }
        int piece = payload.getInt();
        if (piece < 0 || (pieceCount > 0 && piece >= pieceCount)) {
            return Decoded.violation(
                    "lt_donthave of piece %d, torrent has %d"
                            .formatted(Integer.toUnsignedLong(piece), pieceCount));
        }
        return Decoded.of(new PeerMessage.DontHave(piece));
    }
}
