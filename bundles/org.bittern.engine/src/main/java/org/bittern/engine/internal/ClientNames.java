package org.bittern.engine.internal;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Names of peers that send no extension handshake, from their peer ids (BEP 20). */
final class ClientNames {
    private static final Map<String, String> CODES =
            Map.ofEntries(
                    Map.entry("BN", "Bittern"),
                    Map.entry("LT", "libtorrent"),
                    Map.entry("lt", "rTorrent"),
                    Map.entry("TR", "Transmission"),
                    Map.entry("qB", "qBittorrent"),
                    Map.entry("DE", "Deluge"),
                    Map.entry("UT", "uTorrent"),
                    Map.entry("BI", "BiglyBT"),
                    Map.entry("AZ", "Vuze"),
                    Map.entry("WW", "WebTorrent"),
                    Map.entry("A2", "aria2"));

    private ClientNames() {}

    /**
     * @param peerId 20 bytes
     */
    static String of(byte[] peerId) {
        String text = new String(peerId, StandardCharsets.ISO_8859_1);
        if (text.charAt(0) == '-' && text.charAt(7) == '-') {
            String name = CODES.getOrDefault(text.substring(1, 3), text.substring(1, 3));
            return printable(name + " " + text.substring(3, 7));
        }
        return text.startsWith("A2-") ? "aria2" : "";
    }

    private static String printable(String text) {
        return text.codePoints()
                .filter(c -> c >= ' ' && c < 0x7f)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
