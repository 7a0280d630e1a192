package org.bittern.dht.internal;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BString;

/**
 * Proves that who announces can receive at his address: he returns what we sent there lately (BEP
 * 5). The secret changes every five minutes and the last one still counts. Owned by the node's
 * loop.
 */
final class Tokens {
    private static final long ROTATE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int SECRET_BYTES = 20;
    private static final int TOKEN_BYTES = 8;

    private final RandomGenerator random;
    private byte[] secret;
    private byte[] last;
    private long rotatedNanos;

    Tokens(RandomGenerator random, long nowNanos) {
        this.random = random;
        secret = fresh();
        last = fresh();
        rotatedNanos = nowNanos;
    }

    BString token(InetAddress address, long nowNanos) {
        rotate(nowNanos);
        return new BString(digest(secret, address));
    }

    boolean accepts(BString token, InetAddress address, long nowNanos) {
        rotate(nowNanos);
        byte[] given = token.bytes();
        return MessageDigest.isEqual(given, digest(secret, address))
                || MessageDigest.isEqual(given, digest(last, address));
    }

    private void rotate(long nowNanos) {
        long age = nowNanos - rotatedNanos;
        if (age >= ROTATE_NANOS) {
            last = age >= 2 * ROTATE_NANOS ? fresh() : secret;
            secret = fresh();
            rotatedNanos = nowNanos;
        }
    }

    private byte[] fresh() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] digest(byte[] secret, InetAddress address) {
        return Arrays.copyOf(Digests.sha1(secret, address.getAddress()), TOKEN_BYTES);
    }
}
