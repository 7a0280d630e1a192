package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import org.bittern.spi.peer.LinkState;

/**
 * RC4 for one direction of a link, without its first 1024 bytes, which tell too much about the key.
 * Owned by the link; not thread-safe.
 *
 * <p>Own code, because it works in place on direct buffers and is half as fast again as the JDK's,
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

    private Rc4(LinkState.Cipher left) {
        for (int n = 0; n < STATES; n++) {
            state[n] = Byte.toUnsignedInt(left.permutation()[n]);
        }
        i = left.i();
        j = left.j();
    }

    /** Goes on where another one has stopped. */
    public static Rc4 resume(LinkState.Cipher left) {
        return new Rc4(left);
    }

    /** Where it stands, for another one to go on. */
    public LinkState.Cipher leave() {
        byte[] permutation = new byte[STATES];
        for (int n = 0; n < STATES; n++) {
            permutation[n] = (byte) state[n];
        }
        return new LinkState.Cipher(permutation, i, j);
    }

    /**
     * Encrypts or decrypts the next bytes of the stream in place: position to limit, which stay.
     */
    public void apply(ByteBuffer bytes) {
        ByteBuffer text = bytes.duplicate(); // big-endian, whatever the original is
        int end = text.limit();
        int words = (end - text.position()) / Long.BYTES;
        applyWords(text, words);
        for (int at = text.position() + words * Long.BYTES; at < end; at++) {
            text.put(at, (byte) (text.get(at) ^ next()));
        }
    }

    /**
     * Most of it: eight bytes of the key stream for one access to the text. The most expensive loop
     * of an encrypted transfer; so the state is in locals, and indices are masked by the length of
     * the array, which spares their checks.
     */
    private void applyWords(ByteBuffer text, int words) {
        int[] s = state;
        int last = s.length - 1;
        int x = i;
        int y = j;
        int end = text.position() + words * Long.BYTES;
        for (int at = text.position(); at < end; at += Long.BYTES) {
            long key = 0;
            for (int n = 0; n < Long.BYTES; n++) {
                x = (x + 1) & last;
                int a = s[x & last];
                y = (y + a) & last;
                int b = s[y & last];
                s[x & last] = b;
                s[y & last] = a;
                key = key << Byte.SIZE | s[(a + b) & last];
            }
            text.putLong(at, text.getLong(at) ^ key);
        }
        i = x;
        j = y;
    }

    private int next() {
        i = (i + 1) & 0xff;
        int a = state[i];
        j = (j + a) & 0xff;
        int b = state[j];
        state[i] = b;
        state[j] = a;
        return state[(a + b) & 0xff];
    }

    /** The same for a whole array, which it returns. */
    byte[] apply(byte[] bytes) {
        apply(ByteBuffer.wrap(bytes));
        return bytes;
    }
}
