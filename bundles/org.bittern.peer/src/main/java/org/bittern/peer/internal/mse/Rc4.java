package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;

/**
 * RC4 for one direction of a link, without its first 1024 bytes, which tell too much about the key.
 * Owned by the link; not thread-safe.
 *
 * <p>Own code, because it works in place on direct buffers and is a third faster than the JDK's,
 * which copies through arrays.
 */
public final class Rc4 {
    private static final int STATES = 256;
    private static final int DROPPED_BYTES = 1024;

    private final int[] state = new int[STATES];
    private int i;
    private int j;

    /**
     * @param key 1 to 256 bytes
     */
    public Rc4(byte[] key) {
        for (int n = 0; n < STATES; n++) {
            state[n] = n;
        }
        int mixed = 0;
        for (int n = 0; n < STATES; n++) {
            mixed = (mixed + state[n] + key[n % key.length]) & 0xff;
            int swapped = state[n];
            state[n] = state[mixed];
            state[mixed] = swapped;
        }
        apply(ByteBuffer.allocate(DROPPED_BYTES));
    }

    /**
     * Encrypts or decrypts the next bytes of the stream in place: position to limit, which stay.
     */
    public void apply(ByteBuffer bytes) {
        int[] s = state; // locals: the loop is the most expensive one of an encrypted transfer
        int x = i;
        int y = j;
        int end = bytes.limit();
        for (int at = bytes.position(); at < end; at++) {
            x = (x + 1) & 0xff;
            int a = s[x];
            y = (y + a) & 0xff;
            int b = s[y];
            s[x] = b;
            s[y] = a;
            bytes.put(at, (byte) (bytes.get(at) ^ s[(a + b) & 0xff]));
        }
        i = x;
        j = y;
    }

    /** The same for a whole array, which it returns. */
    byte[] apply(byte[] bytes) {
        apply(ByteBuffer.wrap(bytes));
        return bytes;
    }
}
