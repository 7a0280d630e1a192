package org.bittern.peer.internal.mse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes of MSE: SHA-1 over a label and other bytes. */
final class MseHashes {
    static final int BYTES = 20;

    private MseHashes() {}

    /** Shows the responder where the padding ends. */
    static byte[] req1(byte[] secret) {
        return sha1("req1", secret);
    }

    /** Names the torrent, masked by {@link #req3}. */
    static byte[] req2(byte[] infoHash) {
        return sha1("req2", infoHash);
    }

    static byte[] req3(byte[] secret) {
        return sha1("req3", secret);
    }

    /** From the side that dialled to the other one. */
    static Rc4 cipherA(byte[] secret, byte[] infoHash) {
        return new Rc4(sha1("keyA", secret, infoHash));
    }

    /** Back. */
    static Rc4 cipherB(byte[] secret, byte[] infoHash) {
        return new Rc4(sha1("keyB", secret, infoHash));
    }

    static byte[] xor(byte[] one, byte[] other) {
        byte[] mixed = one.clone();
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] ^= other[i];
        }
        return mixed;
    }

    private static byte[] sha1(String label, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(label.getBytes(StandardCharsets.US_ASCII));
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
