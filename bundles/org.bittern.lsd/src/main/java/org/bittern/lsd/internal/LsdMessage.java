package org.bittern.lsd.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * "I have these torrents", as it goes through the network.
 *
 * <pre>{@code
 * BT-SEARCH * HTTP/1.1\r\n
 * Host: 239.192.152.143:6771\r\n
 * Port: 51413\r\n
 * Infohash: <40 hex digits>\r\n     once or more
 * cookie: <anything>\r\n
 * \r\n
 * \r\n
 * }</pre>
 *
 * @param port where the sender takes links, 1 to 65535
 * @param infoHashes of 20 bytes each: v1, or v2 truncated
 * @param cookie by which a sender knows its own messages again, or empty
 */
record LsdMessage(int port, List<byte[]> infoHashes, String cookie) {
    /** Longest message: BEP 14 wants it to fit into one packet. */
    static final int MAX_BYTES = 1400;

    /** Info-hashes in one message of ours; {@value #MAX_BYTES} bytes hold them with the rest. */
    static final int MAX_HASHES = 20;

    private static final int HASH_DIGITS = 40;
    private static final int MAX_LINES = 64;
    private static final HexFormat HEX = HexFormat.of();

    LsdMessage {
        infoHashes = List.copyOf(infoHashes);
    }

    /**
     * The bytes of it.
     *
     * @param host the group with its port, as BEP 14 has it in the field {@code Host}
     */
    byte[] encode(String host) {
        StringBuilder text =
                new StringBuilder("BT-SEARCH * HTTP/1.1\r\nHost: ")
                        .append(host)
                        .append("\r\nPort: ")
                        .append(port)
                        .append("\r\n");
        for (byte[] infoHash : infoHashes) {
            text.append("Infohash: ").append(HEX.formatHex(infoHash)).append("\r\n");
        }
        text.append("cookie: ").append(cookie).append("\r\n\r\n\r\n");
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a message; empty when it is none. What is unknown in it is passed over. */
    static Optional<LsdMessage> parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return Optional.empty();
        }
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n", MAX_LINES);
        if (!lines[0].startsWith("BT-SEARCH * HTTP/1.")) {
            return Optional.empty();
        }
        int port = 0;
        String cookie = "";
        List<byte[]> hashes = new ArrayList<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                break; // the empty line ends it
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
                case "port" -> port = port(value);
                case "cookie" -> cookie = value;
                case "infohash" -> infoHash(value).ifPresent(hashes::add);
                default -> {
                    // BEP 14 knows no other that matters
                }
            }
        }
        return port == 0 || hashes.isEmpty()
                ? Optional.empty()
                : Optional.of(new LsdMessage(port, hashes, cookie));
    }

    /** The port, or 0 when it is none. */
    private static int port(String value) {
        try {
            int port = Integer.parseInt(value);
            return port > 0 && port < 1 << 16 ? port : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static Optional<byte[]> infoHash(String value) {
        if (value.length() != HASH_DIGITS) {
            return Optional.empty();
        }
        try {
            return Optional.of(HEX.parseHex(value));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
