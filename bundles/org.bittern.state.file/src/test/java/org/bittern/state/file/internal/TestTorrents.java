package org.bittern.state.file.internal;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MerkleTree;
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

    /**
     * A v2 torrent of one file, with the layer of its pieces as peers tell it.
     *
     * @param pieces two or more, of 16 KiB
     */
    static byte[] torrentWithLayer(int pieces) throws MetainfoException {
        byte[] layer = new byte[pieces * MerkleTree.HASH];
        new Random(pieces).nextBytes(layer);
        BString root = new BString(MerkleTree.root(layer, 0));
        BDict file =
                BDict.builder().put("length", 16_384L * pieces).put("pieces root", root).build();
        BDict info =
                BDict.builder()
                        .put("file tree", tree("many", tree("", file)))
                        .put("meta version", 2)
                        .put("name", "many")
                        .put("piece length", 16_384)
                        .build();
        return Metainfo.parseInfo(BWriter.write(info))
                .withPieceLayers(Map.of(root, new BString(layer)))
                .toTorrent();
    }

    private static BDict tree(String name, BDict entry) {
        return BDict.builder().put(name, entry).build();
    }

    static InfoHash hash(byte[] torrent) {
        try {
            return Metainfo.parseStored(torrent).infoHash();
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
