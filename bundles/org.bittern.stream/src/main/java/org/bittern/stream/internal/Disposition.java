package org.bittern.stream.internal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The header {@code Content-Disposition} (RFC 6266) for names in any alphabet. */
final class Disposition {
    /** What RFC 8187 and RFC 3986 both let stand as it is, beside letters and digits. */
    private static final String PLAIN = "-._~";

    private Disposition() {}

    static String of(boolean attachment, String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return (attachment ? "attachment" : "inline")
                + "; filename=\""
                + ascii(last)
                + "\"; filename*=UTF-8''"
                + encoded(last);
    }

    /** For clients that know no other: what is not plain ASCII becomes '_'. */
    private static String ascii(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints()
                .forEach(c ->
                        text.append(
                                c >= ' ' && c < 127 && "\"\\%".indexOf(c) < 0 ? (char) c : '_'));
        return text.toString();
    }

    /** Percent-encodes all but letters, digits and a few signs: right for URLs as well. */
    static String encoded(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (letter || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }
}
