package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
     * @param unchecked a check of all pieces has not ended: none is claimed, and they may be there
     * @param priorities one per file; empty without metadata
     * @param plans what shall become of them
     */
    public record Files(
            Path directory,
            Map<Integer, List<String>> renamed,
            List<FileStat> stats,
            boolean unchecked,
            List<Priority> priorities,
            Plans plans) {
        public Files {
            renamed = Map.copyOf(renamed);
            stats = List.copyOf(stats);
            priorities = List.copyOf(priorities);
        }
    }

    /**
     * What shall become of the files. A move or rename is noted before it begins, so that whoever
     * comes after a crash can end it.
     *
     * @param destination where they lie when they are complete
     * @param movingTo where they are on the way to
     * @param renaming what is being renamed
     * @param name of the torrent, given by the user
     */
    public record Plans(
            Path destination,
            Optional<Path> movingTo,
            Optional<Rename> renaming,
            Optional<String> name) {
        /** The files stay where they are, under their names. */
        public static Plans stay(Path directory) {
            return new Plans(directory, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * A file or folder gets another name.
     *
     * @param path elements below the directory, as they were
     * @param name the new last element
     */
    public record Rename(List<String> path, String name) {
        public Rename {
            if (path.isEmpty()) {
                throw new IllegalArgumentException("nothing to rename");
            }
            path = List.copyOf(path);
        }

        /** What becomes of the path of a file that is, or is in, what is renamed. */
        public List<String> applied(List<String> file) {
            List<String> changed = new ArrayList<>(file);
            changed.set(path.size() - 1, name);
            return List.copyOf(changed);
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
     * @param active when payload last moved; empty: never
     * @param edited when the user last changed something; empty: never
     */
    public record Totals(
            long downloadedBytes,
            long uploadedBytes,
            long wastedBytes,
            long activeSeconds,
            long seedingSeconds,
            Instant added,
            Optional<Instant> completed,
            Optional<Instant> active,
            Optional<Instant> edited) {}

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
