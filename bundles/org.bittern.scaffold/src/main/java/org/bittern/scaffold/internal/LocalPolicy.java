package org.bittern.scaffold.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to a server that has no password and listens on loopback only. A web page of another
 * site can make a browser send requests here, by form, by script or by a name that it points to
 * 127.0.0.1 (DNS rebinding); the headers {@code Host} and {@code Origin}, which a page cannot
 * forge, give it away.
 */
final class LocalPolicy {
    private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "[::1]");

    private LocalPolicy() {}

    /**
     * Judges a request.
     *
     * @param host the header {@code Host}; null when it is missing
     * @param origins the headers {@code Origin}; programs send none
     * @param port where the request arrived
     * @return why it is refused; empty when it is welcome
     */
    static Optional<String> refusal(@Nullable String host, Collection<String> origins, int port) {
        if (host == null || !isOurs(host, port)) {
            return Optional.of("the host must be localhost, 127.0.0.1 or [::1]");
        }
        boolean foreign =
                origins.stream()
                        .anyMatch(origin ->
                                !origin.startsWith("http://")
                                        || !isOurs(origin.substring("http://".length()), port));
        return foreign ? Optional.of("pages of other origins are not welcome") : Optional.empty();
    }

    private static boolean isOurs(String authority, int port) {
        String lower = authority.toLowerCase(Locale.ROOT);
        return NAMES.stream().anyMatch(n -> lower.equals(n) || lower.equals(n + ":" + port));
    }
}
