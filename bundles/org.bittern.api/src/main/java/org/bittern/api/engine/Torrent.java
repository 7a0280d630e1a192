package org.bittern.api.engine;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a caller may ask of one torrent. Thread-safe; every method returns at once.
 *
 * <p>Commands run on the torrent's loop in the order of the calls; when a command's stage
 * completes, {@link #snapshot()} shows its effect. After removal commands fail with {@link
 * EngineException.Code#TORRENT_NOT_FOUND}.
 */
@ProviderType
public interface Torrent {

    /**
     * By which swarms the torrent is known; a magnet link of a hybrid torrent gains its other hash
     * with the metadata (BEP 52).
     */
    InfoHash infoHash();

    /** Positive, unique in the process, never reused in it. */
    int number();

    /** The latest published state; at most 100 ms old while anything moves. */
    TorrentSnapshot snapshot();

    /** All of it as of now; what {@link #snapshot} shows may be older. Publishes nothing. */
    CompletionStage<TorrentView> view();

    /** The metadata, empty while a magnet link is being resolved. */
    Optional<Metainfo> metainfo();

    /** Connected peers as of now. */
    CompletionStage<List<PeerSnapshot>> peers();

    /** Files with their progress as of now, empty without metadata. */
    CompletionStage<List<FileSnapshot>> files();

    /** All trackers of all tiers as of now. */
    CompletionStage<List<TrackerSnapshot>> trackers();

    /** All web seeds that {@link #webSeedUrls} names and that could be used, as of now. */
    CompletionStage<List<WebSeedSnapshot>> webSeeds();

    /**
     * Web seeds as the metadata names them; before it is known as the link does ({@code ws=}).
     * Nothing is fetched from them before. BEP 19.
     */
    List<String> webSeedUrls();

    /** A copy of the verified pieces, of length 0 without metadata. */
    CompletionStage<Bitfield> pieces();

    /** Per piece: how many connected peers have it. */
    CompletionStage<int[]> availability();

    /** A new demand that needs nothing yet, for one reader. */
    PieceDemand demand();

    /** Runs as soon as the queue lets it; leaves paused, stopped and error. */
    CompletionStage<Void> start();

    /** Runs now, whatever the queue says, until it is stopped or started again the other way. */
    CompletionStage<Void> startNow();

    /** Closes connections and announces {@code stopped}. */
    CompletionStage<Void> stop();

    /** Keeps connections, but stops requests and uploads of blocks. */
    CompletionStage<Void> pause();

    /** Hashes all files again; goes on afterwards with what it did before. */
    CompletionStage<Void> recheck();

    /** Announces now on every tier, DHT and local discovery. */
    CompletionStage<Void> reannounce();

    /**
     * Dials a peer at once, also when seeding, also again, unless it is connected or banned.
     *
     * @param address resolved or not; a name is looked up
     */
    CompletionStage<Void> addPeer(InetSocketAddress address);

    /** Closes the connections to this peer, if any. */
    CompletionStage<Void> disconnectPeer(InetSocketAddress address);

    /**
     * Changes options, all or none.
     *
     * @param changes keys of {@link TorrentOptions}
     */
    CompletionStage<Void> setOptions(Settings changes);

    /**
     * Changes the priorities of the files with these indexes; others keep theirs. Ends what {@link
     * #setPiecePriorities} has overridden: the last call wins.
     */
    CompletionStage<Void> setFilePriorities(Map<Integer, Priority> priorities);

    /**
     * Overrides the priorities that follow from the files.
     *
     * @param priorities one per piece; empty: follow the files again
     */
    CompletionStage<Void> setPiecePriorities(List<Priority> priorities);

    /**
     * Replaces the labels.
     *
     * @param labels non-empty, without commas
     */
    CompletionStage<Void> setLabels(List<String> labels);

    /** Replaces all trackers; the outer list holds the tiers in order. */
    CompletionStage<Void> setTrackers(List<List<String>> tiers);

    /**
     * Changes single trackers; those that stay keep their numbers and what they know. Fails with
     * INVALID_ARGUMENT when it would change nothing, or names a tracker that is not there.
     *
     * @param added announce URLs, each for a new tier at the end
     * @param removed numbers as in {@link TrackerSnapshot#number}
     * @param replaced new announce URLs by number, each in the place of the old one
     */
    CompletionStage<Void> editTrackers(
            List<String> added, Set<Integer> removed, Map<Integer, String> replaced);

    /** Wanted bytes that we lack and that connected peers have. */
    CompletionStage<Long> desiredAvailableBytes();

    /**
     * Changes where the files lie.
     *
     * @param moveData false: only looks there from now on, and checks what it finds
     */
    CompletionStage<Void> move(Path directory, boolean moveData);

    /**
     * Renames a file or folder on disk.
     *
     * @param path as in {@link FileSnapshot#path}, or a folder of it
     * @param name the new last element
     */
    CompletionStage<Void> rename(String path, String name);
}
