package org.bittern.fuzz;

import java.nio.ByteBuffer;

/**
 * The bytes of an input, cut into what a target needs: numbers that choose, and what a stranger
 * sends one after the other. At the end of the input numbers are 0 and parts are empty. One thread.
 */
public final class Parts {
    private final ByteBuffer in;

    public Parts(byte[] input) {
        in = ByteBuffer.wrap(input);
    }

    public boolean more() {
        return in.hasRemaining();
    }

    /** The next byte, 0 to 255. */
    public int number() {
        return in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0;
    }

    /** As many bytes as the two before them say, or as there are. */
    public byte[] part() {
        int length = number() << Byte.SIZE | number();
        return bytes(Math.min(length, in.remaining()));
    }

    /** All that is left. */
    public byte[] rest() {
        return bytes(in.remaining());
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
