package org.bittern.state.file.internal;

import java.nio.charset.StandardCharsets;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** Small torrents and resume data for tests. */
final class TestTorrents {
    private TestTorrents() {}

    /** A v1 torrent of one file of one piece. */
    static byte[] torrent(String name) {
        BDict info =
                BDict.builder()
                        .put("length", 5)
                        .put("name", name)
                        .put("piece length", 16_384)
                        .put("pieces", new byte[20])
                        .build();
        return BWriter.write(BDict.builder().put("info", info).build());
    }

    static InfoHash hash(byte[] torrent) {
        try {
            return Metainfo.parse(torrent).infoHash();
        } catch (MetainfoException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] magnet(InfoHash infoHash) {
        return ("magnet:?xt=urn:btih:" + infoHash.hex()).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] resume(String mark) {
        return BWriter.write(BDict.builder().put("mark", mark).build());
    }
}
