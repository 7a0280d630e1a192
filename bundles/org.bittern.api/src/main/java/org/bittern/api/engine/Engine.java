package org.bittern.api.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.metainfo.InfoHash;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A running BitTorrent engine. Thread-safe; every method returns at once.
 *
 * <p>Failures of a {@link CompletionStage} are always an {@link EngineException}. Adapters obtain
 * the engine from {@code EngineHost} for each call and never keep it, since it can be replaced.
 */
@ProviderType
public interface Engine {

    /** Version, listen ports and totals as of now. */
    EngineStatus status();

    /** Latest published snapshots of all torrents, in order of their numbers. */
    List<TorrentSnapshot> snapshots();

    /** All torrents, in order of their numbers. */
    List<Torrent> torrents();

    /**
     * The torrent with this canonical id.
     *
     * @param id info-hash in hex, 40 digits for v1 and hybrid, 64 for v2-only, in any case; a
     *     hybrid is also found by its v2 hash
     */
    Optional<Torrent> torrent(String id);

    /** The torrent with this info-hash. */
    Optional<Torrent> torrent(InfoHash infoHash);

    /** The torrent with this number (positive, unique in the process, never reused in it). */
    Optional<Torrent> torrent(int number);

    /**
     * Adds a torrent, or finds the one that is there already: then nothing changes and {@link
     * Added#duplicate} is true.
     *
     * <p>Fails with {@link EngineException.Code#INVALID_TORRENT} or {@link
     * EngineException.Code#INVALID_PATH} before anything was changed.
     */
    CompletionStage<Added> add(AddTorrent request);

    /**
     * Removes a torrent: connections and files are closed, {@code stopped} is announced.
     *
     * @param deleteData also delete the files of the torrent and the directories made for them,
     *     nothing else
     */
    CompletionStage<Void> remove(Torrent torrent, boolean deleteData);

    /** The settings in force. */
    Settings settings();

    /**
     * Puts settings in force, all or none. A directory that is newly named, or newly used, is made.
     *
     * <p>Fails with {@link EngineException.Code#INVALID_ARGUMENT}, {@link
     * EngineException.Code#INVALID_PATH} or {@link EngineException.Code#PORT_IN_USE}.
     *
     * @param changes only what changes; keys of {@link EngineSettings}
     */
    CompletionStage<Void> apply(Settings changes);

    /** The order in which torrents get their turn. */
    Queue queue();

    /** Bandwidth groups and labels with limits. */
    Policies policies();

    /** What moved in this run and over all runs. */
    EngineStatistics statistics();

    /**
     * Subscribes to events. The listener runs on a thread of its own; a slow one delays nobody, and
     * when it is more than {@value #EVENT_BACKLOG} events behind, the oldest are replaced by one
     * {@link EngineEvent.Missed}.
     */
    Subscription subscribe(Consumer<EngineEvent> listener);

    /**
     * Which torrents changed after a revision, in time proportional to the number of changes.
     *
     * @param revision a value of {@link Changes#revision}, or 0 for all
     */
    Changes changesSince(long revision);

    /** Events kept for one slow subscriber. */
    int EVENT_BACKLOG = 2000;

    /**
     * The answer to {@link #add}.
     *
     * @param duplicate true when the torrent was there already
     */
    record Added(Torrent torrent, boolean duplicate) {}
}
