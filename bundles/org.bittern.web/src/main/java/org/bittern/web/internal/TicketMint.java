package org.bittern.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bittern.web.Tickets;

/**
 * Makes and checks tickets: {@code <unix second of its end>.<HMAC-SHA256 of path and end>}. Nothing
 * is stored; the key ends with the process. Thread-safe.
 */
final class TicketMint implements Tickets {
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_LENGTH = 64;

    private final SecretKeySpec key;
    private final InstantSource clock;

    TicketMint(byte[] key, InstantSource clock) {
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.clock = clock;
    }

    @Override
    public String issue(String path, Duration validity) {
        if (validity.isNegative() || validity.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a ticket is valid for up to " + LONGEST);
        }
        String end = Long.toString(clock.instant().plus(validity).getEpochSecond());
        return end + "." + signature(end, path);
    }

    boolean valid(String ticket, String path) {
        int dot = ticket.indexOf('.');
        if (dot < 1 || ticket.length() > MAX_LENGTH) {
            return false;
        }
        String end = ticket.substring(0, dot);
        boolean signed =
                MessageDigest.isEqual(
                        ticket.substring(dot + 1).getBytes(StandardCharsets.UTF_8),
                        signature(end, path).getBytes(StandardCharsets.UTF_8));
        return signed && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(end)));
    }

    private String signature(String end, String path) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] bytes = mac.doFinal((end + "\n" + path).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has HmacSHA256
        }
    }
}
