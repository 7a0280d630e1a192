package org.bittern.metainfo;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HexFormat;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;

/**
 * Reads a torrent's strings as text. They are UTF-8 by the standard; old torrents name another
 * charset in their "encoding" entry and may give a second form under a key with ".utf-8".
 *
 * @param fallback for what is not well-formed UTF-8
 */
record Texts(Charset fallback) {
    private static final int SHOWN_BYTES = 32;

    static final Texts UTF8 = new Texts(StandardCharsets.UTF_8);

    static Texts named(Optional<String> encoding) {
        try {
            return encoding.map(Charset::forName).map(Texts::new).orElse(UTF8);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
            return UTF8; // what is malformed then becomes U+FFFD
        }
    }

    String of(BString string) {
        return string.strictUtf8().orElseGet(() -> new String(string.bytes(), fallback));
    }

    /** The text for {@code key}; of its form in UTF-8, if there is one. */
    Optional<String> in(BDict dict, String key) {
        return dict.string(key + ".utf-8").or(() -> dict.string(key)).map(this::of);
    }

    static String hex(BString bytes) {
        int shown = Math.min(bytes.length(), SHOWN_BYTES);
        String hex = HexFormat.of().formatHex(bytes.bytes(), 0, shown);
        return shown < bytes.length() ? hex + "..." : hex;
    }
}
