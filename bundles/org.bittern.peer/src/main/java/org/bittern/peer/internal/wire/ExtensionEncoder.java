package org.bittern.peer.internal.wire;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BWriter;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.PexPeer;
import org.jspecify.annotations.Nullable;

/** Writes extension messages (BEP 10) with the ids that the peer announced. Owned by the link. */
final class ExtensionEncoder {
    private static final int REQUEST = 0; // msg_type of BEP 9, like the following
    private static final int DATA = 1;
    private static final int REJECT = 2;

    private final Map<Extension, Integer> peerIds = new EnumMap<>(Extension.class);

    /**
     * A later handshake adds to an earlier one.
     *
     * @param ids name → id, 0 takes the extension back
     */
    void learn(Map<String, Integer> ids) {
        for (Extension extension : Extension.values()) {
            Integer id = ids.get(extension.wireName());
            if (id != null && id == 0) {
                peerIds.remove(extension);
            } else if (id != null) {
                peerIds.put(extension, id);
            }
        }
    }

    /** What was learnt so far, name → id. */
    Map<String, Integer> learnt() {
        Map<String, Integer> ids = new HashMap<>();
        peerIds.forEach((extension, id) -> ids.put(extension.wireName(), id));
        return ids;
    }

    /**
     * Encodes all that follows message id 20.
     *
     * @return null when the peer did not announce the extension
     */
    byte @Nullable [] encode(PeerMessage message) {
        return switch (message) {
            case PeerMessage.ExtendedHandshake m -> withId(0, BWriter.write(handshake(m)));
            case PeerMessage.MetadataRequest(int piece) ->
                    extension(Extension.UT_METADATA, metadata(REQUEST, piece).build());
            case PeerMessage.MetadataReject(int piece) ->
                    extension(Extension.UT_METADATA, metadata(REJECT, piece).build());
            case PeerMessage.MetadataData m -> {
                BDict head = metadata(DATA, m.piece()).put("total_size", m.totalBytes()).build();
                yield extension(Extension.UT_METADATA, joined(BWriter.write(head), m.data()));
            }
            case PeerMessage.Pex m -> extension(Extension.UT_PEX, pex(m));
            case PeerMessage.DontHave(int piece) ->
                    extension(
                            Extension.LT_DONTHAVE,
                            ByteBuffer.allocate(Integer.BYTES).putInt(piece).array());
            case PeerMessage.UploadOnly(boolean set) ->
                    extension(Extension.UPLOAD_ONLY, new byte[] {(byte) (set ? 1 : 0)});
            case PeerMessage.Holepunch m -> extension(Extension.UT_HOLEPUNCH, holepunch(m));
            default -> throw new IllegalArgumentException("no extension message: " + message);
        };
    }

    private byte @Nullable [] extension(Extension extension, BDict payload) {
        return extension(extension, BWriter.write(payload));
    }

    private byte @Nullable [] extension(Extension extension, byte[] payload) {
        Integer id = peerIds.get(extension);
        return id == null ? null : withId(id, payload);
    }

    private static byte[] withId(int id, byte[] payload) {
        return joined(new byte[] {(byte) id}, payload);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static BDict handshake(PeerMessage.ExtendedHandshake hello) {
        BDict.Builder ids = BDict.builder();
        for (Extension extension : Extension.values()) {
            if (!hello.withheld().contains(extension.wireName())) {
                ids.put(extension.wireName(), extension.ourId());
            }
        }
        BDict.Builder dict = BDict.builder().put("m", ids.build());
        if (!hello.client().isEmpty()) {
            dict.put("v", hello.client());
        }
        hello.listenPort().ifPresent(port -> dict.put("p", port));
        hello.requestQueue().ifPresent(requests -> dict.put("reqq", requests));
        hello.metadataBytes().ifPresent(bytes -> dict.put("metadata_size", bytes));
        if (hello.uploadOnly()) {
            dict.put("upload_only", 1);
        }
        hello.yourAddress().ifPresent(address -> dict.put("yourip", address));
        return dict.build();
    }

    private static BDict.Builder metadata(int type, int piece) {
        return BDict.builder().put("msg_type", type).put("piece", piece);
    }

    private static BDict pex(PeerMessage.Pex pex) {
        List<InetSocketAddress> added = pex.added().stream().map(PexPeer::address).toList();
        BDict.Builder dict = BDict.builder();
        dict.put("added", compact(added, true)).put("added.f", flags(pex.added(), true));
        dict.put("added6", compact(added, false)).put("added6.f", flags(pex.added(), false));
        dict.put("dropped", compact(pex.dropped(), true));
        dict.put("dropped6", compact(pex.dropped(), false));
        return dict.build();
    }

    private static byte[] compact(List<InetSocketAddress> addresses, boolean v4) {
        List<InetSocketAddress> family =
                addresses.stream().filter(address -> Addresses.v4(address) == v4).toList();
        int bytes = (v4 ? Addresses.V4_BYTES : Addresses.V6_BYTES) + Short.BYTES;
        ByteBuffer list = ByteBuffer.allocate(family.size() * bytes);
        family.forEach(address -> Addresses.write(address, list));
        return list.array();
    }

    private static byte[] flags(List<PexPeer> peers, boolean v4) {
        ByteArrayOutputStream flags = new ByteArrayOutputStream();
        peers.stream()
                .filter(peer -> Addresses.v4(peer.address()) == v4)
                .forEach(peer -> flags.write(peer.flags()));
        return flags.toByteArray();
    }

    private static byte[] holepunch(PeerMessage.Holepunch m) {
        boolean v4 = Addresses.v4(m.address());
        int addressBytes = v4 ? Addresses.V4_BYTES : Addresses.V6_BYTES;
        ByteBuffer bytes =
                ByteBuffer.allocate(2 + addressBytes + Short.BYTES + Integer.BYTES)
                        .put((byte) m.type())
                        .put((byte) (v4 ? 0 : 1));
        Addresses.write(m.address(), bytes);
        return bytes.putInt(m.error()).array();
    }
}
