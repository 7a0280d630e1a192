package org.bittern.webseed.internal;

import java.nio.charset.StandardCharsets;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** Small torrents; their hashes are of nothing. */
final class Torrents {
    static final int PIECE = 32_768;

    private Torrents() {}

    static Metainfo single(String name, long length) throws MetainfoException {
        return parse("6:lengthi%de4:name%d:%s".formatted(length, bytes(name), name), length);
    }

    /** Files of 40000, 0 and 30000 bytes. */
    static Metainfo tree() throws MetainfoException {
        String files =
                "d6:lengthi40000e4:pathl7:a#+.binee"
                        + "d6:lengthi0e4:pathl1:beed6:lengthi30000e4:pathl1:d6:\u00fc.binee";
        return parse("5:filesl" + files + "e4:name4:tree", 70_000);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Metainfo parse(String fields, long length) throws MetainfoException {
        int hashes = (int) ((length + PIECE - 1) / PIECE) * 20;
        String torrent =
                "d4:infod%s12:piece lengthi%de6:pieces%d:%see"
                        .formatted(fields, PIECE, hashes, "x".repeat(hashes));
        return Metainfo.parse(torrent.getBytes(StandardCharsets.UTF_8));
    }
}
