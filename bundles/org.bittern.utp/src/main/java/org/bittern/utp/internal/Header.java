package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The first 20 bytes of every packet (BEP 29), big-endian.
 *
 * <pre>
 * 0       4       8               16              24              32
 * | type  | ver=1 | extension     | connection id                 |
 * | timestamp of the sender in microseconds                       |
 * | difference of the last packet's times in microseconds         |
 * | bytes that the sender of this packet has room for             |
 * | sequence number               | last number received in order |
 * </pre>
 *
 * @param extension type of the first extension, 0 = none
 * @param id 16 bits
 * @param timestamp 32 bits that wrap around
 * @param difference likewise; 0 before anything was received
 * @param window bytes, 0 or more; what does not fit into 31 bits is the greatest value
 * @param seq 16 bits
 * @param ack 16 bits
 */
record Header(
        Type type,
        int extension,
        int id,
        int timestamp,
        int difference,
        int window,
        int seq,
        int ack) {
    static final int BYTES = 20;
    static final int VERSION = 1;

    private static final int VERSION_MASK = 0x0f;
    private static final int TYPE_SHIFT = 4;
    private static final int ID_AT = 2;
    private static final Type[] TYPES = Type.values();

    /** What a packet is for, in the order of the numbers on the wire. */
    enum Type {
        DATA(0),
        FIN(1),
        STATE(2),
        RESET(3),
        SYN(4);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** Reads and moves the position; null when these bytes are no header of uTP. */
    static @Nullable Header read(ByteBuffer in) {
        Type type = typeOf(in);
        if (type == null) {
            return null;
        }
        in.get();
        return new Header(
                type,
                Byte.toUnsignedInt(in.get()),
                Short.toUnsignedInt(in.getShort()),
                in.getInt(),
                in.getInt(),
                clamped(in.getInt()),
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()));
    }

    /** The type of the packet that begins at the position; null when it is not uTP. */
    static @Nullable Type typeOf(ByteBuffer in) {
        if (in.remaining() < BYTES) {
            return null;
        }
        int first = Byte.toUnsignedInt(in.get(in.position()));
        int type = first >> TYPE_SHIFT;
        return (first & VERSION_MASK) == VERSION && type < TYPES.length ? TYPES[type] : null;
    }

    /** The connection id of the packet that begins at the position. */
    static int idOf(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort(in.position() + ID_AT));
    }

    private static int clamped(int window) {
        return window < 0 ? Integer.MAX_VALUE : window;
    }

    void put(ByteBuffer out) {
        out.put((byte) (type.number << TYPE_SHIFT | VERSION)).put((byte) extension);
        out.putShort((short) id).putInt(timestamp).putInt(difference).putInt(window);
        out.putShort((short) seq).putShort((short) ack);
    }
}
