package org.bittern.metainfo;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two hash functions of BitTorrent; every Java platform has them. */
final class Digests {
    private Digests() {}

    static MessageDigest sha1() {
        return named("SHA-1");
    }

    static MessageDigest sha256() {
        return named("SHA-256");
    }

    private static MessageDigest named(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no " + algorithm + " in this Java runtime", e);
        }
    }
}
