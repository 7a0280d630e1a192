package org.bittern.engine.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bittern.metainfo.InfoHash;

/** Hashes of info dictionaries. */
final class Digest {
    private Digest() {}

    /** Whether these bytes are the info dictionary of the torrent, by each hash that is known. */
    static boolean matches(InfoHash infoHash, byte[] info) {
        return infoHash.v1().map(hash -> Arrays.equals(hash, digest("SHA-1", info))).orElse(true)
                && infoHash.v2()
                        .map(hash -> Arrays.equals(hash, digest("SHA-256", info)))
                        .orElse(true);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without " + algorithm, e);
        }
    }
}
