package org.bittern.disk.file.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * New digests. They are copies of one that was never fed: each piece needs its own, and to ask the
 * security providers for it takes several times as long. Thread-safe.
 */
final class Digests {
    private static final MessageDigest SHA1 = find("SHA-1");
    private static final MessageDigest SHA256 = find("SHA-256");

    private Digests() {}

    /** For v1 pieces (BEP 3). */
    static MessageDigest sha1() {
        return copy(SHA1);
    }

    /** For v2 blocks (BEP 52). */
    static MessageDigest sha256() {
        return copy(SHA256);
    }

    private static MessageDigest copy(MessageDigest unused) {
        try {
            return (MessageDigest) unused.clone();
        } catch (CloneNotSupportedException _) {
            return find(unused.getAlgorithm()); // of a provider whose digests cannot be copied
        }
    }

    private static MessageDigest find(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
