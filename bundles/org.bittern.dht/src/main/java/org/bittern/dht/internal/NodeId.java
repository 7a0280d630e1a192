package org.bittern.dht.internal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BString;

/** 160 bits: the name of a node, a torrent or an item (BEP 5). Immutable. */
final class NodeId {
    static final int BYTES = 20;
    static final int BITS = 8 * BYTES;

    private final byte[] bytes;

    private NodeId(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * An id of these bytes.
     *
     * @param bytes 20, copied
     */
    static NodeId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("id of " + bytes.length + " bytes, expected 20");
        }
        return new NodeId(bytes.clone());
    }

    /** What a stranger sent as an id; empty unless it has 20 bytes. */
    static Optional<NodeId> read(BString text) {
        return text.length() == BYTES ? Optional.of(new NodeId(text.bytes())) : Optional.empty();
    }

    static NodeId random(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new NodeId(bytes);
    }

    /** A copy. */
    byte[] bytes() {
        return bytes.clone();
    }

    BString text() {
        return new BString(bytes);
    }

    /** How many leading bits are equal, 0 to 160. */
    int sharedBits(NodeId other) {
        int at = Arrays.mismatch(bytes, other.bytes);
        return at < 0
                ? BITS
                : 8 * at
                        + Integer.numberOfLeadingZeros((bytes[at] ^ other.bytes[at]) & 0xff)
                        - (Integer.SIZE - Byte.SIZE);
    }

    /** Nearest to this id first, by the XOR metric. */
    Comparator<NodeId> nearestFirst() {
        return (a, b) -> {
            int at = Arrays.mismatch(a.bytes, b.bytes);
            return at < 0
                    ? 0
                    : Byte.compareUnsigned(
                            (byte) (a.bytes[at] ^ bytes[at]), (byte) (b.bytes[at] ^ bytes[at]));
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeId that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
