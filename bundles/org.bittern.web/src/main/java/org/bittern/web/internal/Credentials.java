package org.bittern.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** User name and password of Basic authentication (RFC 7617). Immutable. */
final class Credentials {
    private static final String SCHEME = "basic ";
    private static final int SHA1_HEX = 40;

    private final Secret username;
    private final @Nullable Secret password; // null when only the salted digest is known
    private final byte[] salted;
    private final String salt;

    /**
     * Takes what is in {@code settings.json}.
     *
     * @param stored the password, or '{', 40 hex digits of SHA-1(password + salt), and the salt:
     *     what Transmission makes of it
     */
    Credentials(String username, String stored) {
        this.username = new Secret(username);
        Optional<byte[]> digest = salted(stored);
        password = digest.isPresent() ? null : new Secret(stored);
        salted = digest.orElse(new byte[0]);
        salt = digest.isPresent() ? stored.substring(1 + SHA1_HEX) : "";
    }

    private static Optional<byte[]> salted(String stored) {
        if (stored.length() <= SHA1_HEX || stored.charAt(0) != '{') {
            return Optional.empty();
        }
        try {
            return Optional.of(HexFormat.of().parseHex(stored.substring(1, 1 + SHA1_HEX)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** True when the header holds this name and password. */
    boolean open(String authorization) {
        String pair = pair(authorization);
        int colon = pair.indexOf(':'); // the first: a password may hold colons
        if (colon < 0) {
            return false;
        }
        // Both are compared, whichever is wrong.
        boolean right = isPassword(pair.substring(colon + 1));
        return username.matches(pair.substring(0, colon)) && right;
    }

    private boolean isPassword(String candidate) {
        return password != null
                ? password.matches(candidate)
                : MessageDigest.isEqual(salted, Secret.digest("SHA-1", candidate + salt));
    }

    private static String pair(String authorization) {
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return "";
        }
        try {
            byte[] bytes =
                    Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
