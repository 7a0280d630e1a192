package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;

/** Numbers and small steps that both sides of the handshake share. */
public final class Mse {
    /** Room for the whole handshake of the other side and a little payload. */
    public static final int BUFFER_BYTES = 2048;

    static final int PLAINTEXT = 1; // bits of provide and select
    static final int RC4 = 2;
    static final int MAX_PAD_BYTES = 512;

    /** Longest payload that may come with the handshake; the BitTorrent handshake has 68. */
    static final int MAX_INITIAL_BYTES = 512;

    static final int VC_BYTES = 8;

    private Mse() {}

    /** Bits that a policy allows. */
    static int allowed(EncryptionPolicy policy) {
        return switch (policy) {
            case PLAINTEXT_ONLY -> PLAINTEXT;
            case BOTH -> PLAINTEXT | RC4;
            case RC4_ONLY -> RC4;
        };
    }

    /** A pad of random length. */
    static byte[] pad(RandomGenerator random) {
        byte[] pad = new byte[random.nextInt(MAX_PAD_BYTES + 1)];
        random.nextBytes(pad);
        return pad;
    }

    /**
     * Looks for what ends a pad.
     *
     * @return where it begins, from the buffer's position; -1 when it is not there yet
     */
    static int find(byte[] mark, ByteBuffer in) {
        int last = Math.min(MAX_PAD_BYTES, in.remaining() - mark.length);
        for (int skipped = 0; skipped <= last; skipped++) {
            int at = in.position() + skipped;
            int same = 0;
            while (same < mark.length && in.get(at + same) == mark[same]) {
                same++;
            }
            if (same == mark.length) {
                return skipped;
            }
        }
        return -1;
    }

    /** Whether a mark that was not found cannot come any more. */
    static boolean overdue(byte[] mark, ByteBuffer in) {
        return in.remaining() >= MAX_PAD_BYTES + mark.length;
    }

    /** Takes and decrypts bytes. */
    static ByteBuffer decrypted(ByteBuffer in, int bytes, Rc4 cipher) {
        byte[] taken = new byte[bytes];
        in.get(taken);
        return ByteBuffer.wrap(cipher.apply(taken));
    }
}
