package org.bittern.peer.internal.mse;

import java.math.BigInteger;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A Diffie-Hellman key pair over the 768-bit group of MSE. Making one and using it take about a
 * millisecond each: never on a loop. Immutable.
 */
public final class DhKeys {
    /** Length of a public key and of the secret. */
    public static final int BYTES = 96;

    private static final int PRIVATE_BYTES = 20;
    private static final BigInteger P =
            new BigInteger(
                    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                            + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                            + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
                    16);
    private static final BigInteger G = BigInteger.TWO;

    private final BigInteger privateKey;
    private final byte[] publicKey;

    private DhKeys(BigInteger privateKey) {
        this.privateKey = privateKey;
        publicKey = bytes(G.modPow(privateKey, P));
    }

    /** A new pair. */
    public static DhKeys random(RandomGenerator random) {
        byte[] bits = new byte[PRIVATE_BYTES];
        random.nextBytes(bits);
        return of(bits);
    }

    /** The pair of a private key. */
    static DhKeys of(byte[] privateKey) {
        return new DhKeys(new BigInteger(1, privateKey));
    }

    /** 96 bytes, shared. */
    byte[] publicKey() {
        return publicKey;
    }

    /**
     * The secret that both sides share.
     *
     * @param peersKey 96 bytes
     * @return 96 bytes; empty when the key leaves no secret: 0, 1, -1 or out of range
     */
    public Optional<byte[]> secret(byte[] peersKey) {
        BigInteger key = new BigInteger(1, peersKey);
        if (key.compareTo(BigInteger.ONE) <= 0 || key.compareTo(P.subtract(BigInteger.ONE)) >= 0) {
            return Optional.empty();
        }
        return Optional.of(bytes(key.modPow(privateKey, P)));
    }

    /** Big-endian, leading zeros kept. */
    private static byte[] bytes(BigInteger number) {
        byte[] raw = number.toByteArray();
        int sign = Math.max(0, raw.length - BYTES);
        byte[] bytes = new byte[BYTES];
        System.arraycopy(raw, sign, bytes, BYTES - (raw.length - sign), raw.length - sign);
        return bytes;
    }
}
