package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * What a torrent must remember so that it goes on after a restart as if nothing had happened.
 * Immutable but for the bit sets, which are shared: do not change.
 */
public record ResumeData(
        InfoHash infoHash, Files files, Pieces pieces, Course course, Totals totals, Swarm swarm) {

    /**
     * Where the files lie and how they were when this was written.
     *
     * @param renamed file index → path elements below the directory
     * @param stats one per file, to see whether somebody changed them; empty: unknown
     * @param priorities one per file; empty without metadata
     */
    public record Files(
            Path directory,
            Map<Integer, List<String>> renamed,
            List<FileStat> stats,
            List<Priority> priorities) {
        public Files {
            renamed = Map.copyOf(renamed);
            stats = List.copyOf(stats);
            priorities = List.copyOf(priorities);
        }
    }

    /**
     * What is there. Only what the store has confirmed as written.
     *
     * @param have verified pieces; over 0 pieces without metadata
     * @param partials piece → blocks in the file, of pieces that are not verified
     * @param priorities one per piece when they do not follow the files, else empty
     */
    public record Pieces(Bitfield have, Map<Integer, BitSet> partials, List<Priority> priorities) {
        public Pieces {
            partials = new TreeMap<>(partials);
            priorities = List.copyOf(priorities);
        }
    }

    /**
     * What the user wants of the torrent.
     *
     * @param start what it does when the session is restored
     * @param forced it runs whatever the queue says
     * @param limitReached it was stopped because it had seeded enough
     * @param queuePosition from 0
     * @param options keys of {@link org.bittern.api.engine.TorrentOptions}
     */
    public record Course(
            AddTorrent.Start start,
            boolean forced,
            boolean limitReached,
            int queuePosition,
            Settings options,
            List<String> labels) {
        public Course {
            labels = List.copyOf(labels);
        }
    }

    /**
     * Counters over all runs.
     *
     * @param wastedBytes payload that was received twice or was bad
     * @param activeSeconds time in which it was started
     * @param seedingSeconds part of it in which it was finished
     * @param completed empty while it is not
     */
    public record Totals(
            long downloadedBytes,
            long uploadedBytes,
            long wastedBytes,
            long activeSeconds,
            long seedingSeconds,
            Instant added,
            Optional<Instant> completed) {}

    /**
     * Others.
     *
     * @param trackers tiers of announce URLs when they were changed; empty: those of the torrent
     *     file
     * @param peers addresses worth dialling, at most {@link ResumeCodec#MAX_PEERS}; resolved
     */
    public record Swarm(Optional<List<List<String>>> trackers, List<InetSocketAddress> peers) {
        public Swarm {
            trackers = trackers.map(tiers -> tiers.stream().map(List::copyOf).toList());
            peers = List.copyOf(peers);
        }
    }
}
