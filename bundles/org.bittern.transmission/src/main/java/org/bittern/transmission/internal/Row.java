package org.bittern.transmission.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Metainfo;

/**
 * All that fields of one torrent are made of.
 *
 * @param details what was asked of the torrent's loop
 */
record Row(Torrent torrent, TorrentSnapshot now, Details details, Moment moment) {
    /**
     * What is the same for all torrents of one answer.
     *
     * @param dataDirectory where the session is kept; empty when it is not kept
     */
    record Moment(Instant time, Settings session, Optional<Path> dataDirectory) {}

    /** What is asked of a torrent only when a field needs it; empty otherwise. */
    record Details(
            List<PeerSnapshot> peers,
            List<FileSnapshot> files,
            List<TrackerSnapshot> trackers,
            List<WebSeedSnapshot> webSeeds,
            Bitfield pieces,
            int[] availability,
            long desiredAvailable) {
        static final Details NONE =
                new Details(
                        List.of(), List.of(), List.of(), List.of(), new Bitfield(0), new int[0], 0);
    }

    Optional<Metainfo> metainfo() {
        return torrent.metainfo();
    }
}
