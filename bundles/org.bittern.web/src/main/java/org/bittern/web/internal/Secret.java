package org.bittern.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A text that callers must know. Immutable. Comparing takes the same time whatever is compared:
 * digests of fixed length are compared, byte by byte to the end.
 */
final class Secret {
    private static final int RANDOM_BYTES = 32;

    private final byte[] digest;

    Secret(String text) {
        digest = sha256(text);
    }

    boolean matches(String candidate) {
        return MessageDigest.isEqual(digest, sha256(candidate));
    }

    /** A new text of 256 random bits, safe in URLs. */
    static String random(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        return digest("SHA-256", text);
    }

    static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm)
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-1 and SHA-256
        }
    }
}
