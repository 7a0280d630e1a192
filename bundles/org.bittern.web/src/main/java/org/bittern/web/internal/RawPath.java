package org.bittern.web.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The path of a URL as it was sent. */
final class RawPath {
    /** A longer one names nothing that we have. */
    private static final int MAX_LENGTH = 8192;

    private RawPath() {}

    /**
     * Decodes a path, unless server, servlet and file system could understand it in different ways:
     * then there is nothing behind it. That is so for encoded slashes, back slashes, parameters,
     * dot segments, empty segments, control characters and broken encodings.
     */
    static Optional<String> decoded(String raw) {
        if (!raw.startsWith("/") || raw.length() > MAX_LENGTH || raw.contains(";")) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(3 * raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '%') {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            int value = octet(raw, i + 1);
            if (value < 0 || value == '/') {
                return Optional.empty();
            }
            bytes.put((byte) value);
            i += 2;
        }
        try {
            String path = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return isPlain(path) ? Optional.of(path) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlain(String path) {
        return path.chars().noneMatch(c -> c < ' ' || c == 0x7F || c == '\\')
                && !path.contains("//")
                && !(path + "/").contains("/./")
                && !(path + "/").contains("/../");
    }

    private static int octet(String raw, int begin) {
        if (begin + 2 > raw.length()) {
            return -1;
        }
        int high = Character.digit(raw.charAt(begin), 16);
        int low = Character.digit(raw.charAt(begin + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
