package org.bittern.stream.brain.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the I/O side is, and what opens its door. Immutable.
 *
 * @param url of the control WebSocket, with nothing secret in it
 * @param token visible ASCII; empty: none
 */
record Place(URI url, String token) {
    private static final String PATH = "/control";
    private static final int MOST_PORT = 65_535;

    /**
     * Reads what was configured.
     *
     * @throws IllegalArgumentException with the key, its value and what is allowed
     */
    static Place of(String url, String token) {
        URI typed;
        try {
            typed = new URI(url);
        } catch (URISyntaxException e) {
            throw refused(url, e);
        }
        String scheme = String.valueOf(typed.getScheme()).toLowerCase(Locale.ROOT);
        boolean bare =
                typed.getRawUserInfo() == null
                        && typed.getRawQuery() == null
                        && typed.getRawFragment() == null;
        if (!(scheme.equals("ws") || scheme.equals("wss"))
                || typed.getHost() == null
                || typed.getPort() == 0
                || typed.getPort() > MOST_PORT
                || !bare) {
            throw refused(url, null);
        }
        if (!token.matches("[!-~]*")) {
            throw new IllegalArgumentException("token has characters that no header can have");
        }
        String path = typed.getRawPath();
        return new Place(path.isEmpty() || path.equals("/") ? typed.resolve(PATH) : typed, token);
    }

    /** The reason is not shown: with a password in it, the URL would be as well. */
    private static IllegalArgumentException refused(
            String url, @Nullable URISyntaxException reason) {
        String shown = url.contains("@") || url.contains("?") ? "with a secret" : "'" + url + "'";
        return new IllegalArgumentException(
                "url is "
                        + shown
                        + ", allowed is ws://HOST:PORT/control or wss://, without user, query and"
                        + " fragment",
                reason);
    }
}
