package org.bittern.webseed.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;

/**
 * Where a server has each file of a torrent (BEP 19): below the given URL, unless that names the
 * only file itself. Immutable.
 */
final class SeedUrls {
    private static final String HEX = "0123456789ABCDEF";

    private final String url;
    private final Metainfo metainfo;

    SeedUrls(String url, Metainfo metainfo) {
        this.url = url.strip();
        this.metainfo = metainfo;
    }

    /** The URL of a file. */
    String of(FileEntry file) {
        boolean directory = url.endsWith("/");
        if (metainfo.singleFile() && !directory) {
            return url;
        }
        return (directory ? url : url + "/") + escaped(file.rawPath());
    }

    private static String escaped(List<String> path) {
        StringBuilder escaped = new StringBuilder();
        for (String element : path) {
            if (!escaped.isEmpty()) {
                escaped.append('/');
            }
            for (byte b : element.getBytes(StandardCharsets.UTF_8)) {
                append(escaped, b & 0xff);
            }
        }
        return escaped.toString();
    }

    /** As RFC 3986 has it: all but unreserved characters are escaped. */
    private static void append(StringBuilder escaped, int b) {
        boolean plain =
                (b >= 'a' && b <= 'z')
                        || (b >= 'A' && b <= 'Z')
                        || (b >= '0' && b <= '9')
                        || "-._~".indexOf(b) >= 0;
        if (plain) {
            escaped.append((char) b);
        } else {
            escaped.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
        }
    }
}
