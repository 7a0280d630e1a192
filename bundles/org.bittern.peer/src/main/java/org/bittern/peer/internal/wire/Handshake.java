package org.bittern.peer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerProtocol;

/**
 * The first bytes of a link.
 *
 * <pre>{@code
 * // <19>"BitTorrent protocol" <8 reserved> <20 info-hash> <20 peer id>   68 bytes, BEP 3
 * // reserved[5] & 0x10 extension protocol (BEP 10)    reserved[7] & 0x01 DHT (BEP 5)
 * // reserved[7] & 0x04 fast extension (BEP 6)         reserved[7] & 0x10 v2 (BEP 52)
 * }</pre>
 */
public final class Handshake {
    /** Length of it all. */
    public static final int BYTES = 68;

    /** Length up to the peer id: with this much the torrent is known. */
    public static final int PREFIX_BYTES = 48;

    /** Length of what every handshake begins with. */
    public static final int NAME_BYTES = 20;

    private static final byte[] NAME =
            "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);
    private static final int RESERVED_AT = 20;
    private static final int HASH_AT = 28;

    private static final int EXTENDED_BIT = 0x10; // of byte 5
    private static final int DHT_BIT = 0x01; // of byte 7, like the following
    private static final int FAST_BIT = 0x04;
    private static final int V2_BIT = 0x10;

    private Handshake() {}

    /** The 68 bytes to send. */
    public static byte[] encode(Features features, byte[] infoHash, byte[] peerId) {
        byte[] bytes = Arrays.copyOf(NAME, BYTES);
        bytes[RESERVED_AT + 5] = (byte) (features.extended() ? EXTENDED_BIT : 0);
        bytes[RESERVED_AT + 7] =
                (byte)
                        ((features.dht() ? DHT_BIT : 0)
                                | (features.fast() ? FAST_BIT : 0)
                                | (features.v2() ? V2_BIT : 0));
        System.arraycopy(infoHash, 0, bytes, HASH_AT, PeerProtocol.HASH_BYTES);
        System.arraycopy(peerId, 0, bytes, PREFIX_BYTES, PeerProtocol.HASH_BYTES);
        return bytes;
    }

    /**
     * Whether bytes can be the beginning of a handshake.
     *
     * @param bytes from 0 to its position
     */
    public static boolean plausible(ByteBuffer bytes) {
        int known = Math.min(bytes.position(), NAME_BYTES);
        for (int i = 0; i < known; i++) {
            if (bytes.get(i) != NAME[i]) {
                return false;
            }
        }
        return true;
    }

    /** What the reserved bits offer, once {@link #PREFIX_BYTES} are there. */
    public static Features features(ByteBuffer bytes) {
        int fifth = bytes.get(RESERVED_AT + 5);
        int seventh = bytes.get(RESERVED_AT + 7);
        return new Features(
                (fifth & EXTENDED_BIT) != 0,
                (seventh & FAST_BIT) != 0,
                (seventh & DHT_BIT) != 0,
                (seventh & V2_BIT) != 0);
    }

    /** The info-hash, once {@link #PREFIX_BYTES} are there. */
    public static byte[] infoHash(ByteBuffer bytes) {
        byte[] hash = new byte[PeerProtocol.HASH_BYTES];
        bytes.get(HASH_AT, hash);
        return hash;
    }

    /** The peer id, once {@link #BYTES} are there. */
    public static byte[] peerId(ByteBuffer bytes) {
        byte[] id = new byte[PeerProtocol.HASH_BYTES];
        bytes.get(PREFIX_BYTES, id);
        return id;
    }
}
