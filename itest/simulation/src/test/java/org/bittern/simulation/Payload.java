package org.bittern.simulation;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHasher;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentVersion;

/**
 * Random bytes and the torrent of them.
 *
 * @param bytes shared, not to be changed
 */
record Payload(byte[] bytes, Metainfo metainfo, AddTorrent request) {

    /** With servers that have the bytes (BEP 19). */
    static Payload of(int length, int pieceLength, long seed, String... webSeeds) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        try {
            TorrentPlan plan =
                    TorrentPlan.ofFile("simulated.bin", length, pieceLength, TorrentVersion.V1);
            PieceHasher hasher = new PieceHasher(plan);
            hasher.update(ByteBuffer.wrap(bytes));
            byte[] torrent =
                    new TorrentBuilder(plan, hasher.finish()).webSeeds(List.of(webSeeds)).build();
            Metainfo metainfo = Metainfo.parse(torrent);
            return new Payload(bytes, metainfo, AddTorrent.file(metainfo, torrent));
        } catch (MetainfoException e) {
            throw new IllegalStateException("a torrent of our own is refused", e);
        }
    }
}
