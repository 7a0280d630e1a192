package org.bittern.utp.internal;

import java.nio.ByteBuffer;

/** Makes a packet larger without changing what it says, see {@link MtuSearch}. */
final class Filling {
    /** An extension that nobody knows. */
    static final int KIND = 200;

    private static final int HEAD_BYTES = 2;
    private static final int MOST_BYTES = HEAD_BYTES + 255;
    private static final byte[] ZEROS = new byte[MOST_BYTES];

    private Filling() {}

    /**
     * Puts header, filling and payload; afterwards {@code out} is full.
     *
     * @param header names {@link #KIND} as the first extension
     * @return false when they cannot be made to fill it exactly: nothing was put
     */
    static boolean put(Header header, ByteBuffer payload, ByteBuffer out) {
        int left = out.remaining() - Header.BYTES - payload.remaining();
        if (left < HEAD_BYTES) {
            return false;
        }
        header.put(out);
        while (left > 0) {
            int bytes = Math.min(left, MOST_BYTES);
            if (left - bytes == 1) {
                bytes--; // a single byte could not be filled
            }
            left -= bytes;
            out.put((byte) (left > 0 ? KIND : 0)).put((byte) (bytes - HEAD_BYTES));
            out.put(ZEROS, 0, bytes - HEAD_BYTES);
        }
        out.put(payload);
        return true;
    }
}
