package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A packet that was received. Its buffers are views of the datagram.
 *
 * @param sack the bits of the selective ack, first byte first, lowest bit first, beginning with two
 *     after {@link Header#ack}; null without one
 */
record Packet(Header header, @Nullable ByteBuffer sack, ByteBuffer payload) {
    /** Extension: selective ack. */
    static final int SELECTIVE_ACK = 1;

    /**
     * Extensions of one packet. The largest datagram needs 256 to be filled with them, which is how
     * we try out sizes; more is an attempt to keep us busy.
     */
    static final int MAX_EXTENSIONS = 300;

    /** Reads a datagram from position to limit; null when it is not a packet of uTP. */
    static @Nullable Packet parse(ByteBuffer datagram) {
        ByteBuffer in = datagram.duplicate();
        Header header = Header.read(in);
        if (header == null) {
            return null;
        }
        ByteBuffer sack = null;
        int kind = header.extension();
        for (int count = 0; kind != 0; count++) {
            if (in.remaining() < 2 || count == MAX_EXTENSIONS) {
                return null;
            }
            int next = Byte.toUnsignedInt(in.get());
            int length = Byte.toUnsignedInt(in.get());
            if (length > in.remaining()) {
                return null; // also a datagram that was cut off on its way
            }
            if (kind == SELECTIVE_ACK) {
                // Whole words says BEP 29; libtorrent sends single bytes.
                sack = in.slice(in.position(), length);
            }
            in.position(in.position() + length); // those that we do not know are skipped
            kind = next;
        }
        return new Packet(header, sack, in);
    }

    /** How many bits of selective ack there are. */
    int sackBits() {
        return sack == null ? 0 : sack.remaining() * Byte.SIZE;
    }

    /** Whether packet {@code ack + 2 + bit} was received. */
    boolean sacks(int bit) {
        ByteBuffer bits = sack;
        return bits != null && (bits.get(bit / Byte.SIZE) >> bit % Byte.SIZE & 1) != 0;
    }
}
