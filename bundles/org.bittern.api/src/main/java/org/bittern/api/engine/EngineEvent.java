package org.bittern.api.engine;

import java.time.Instant;
import java.util.Set;
import org.bittern.metainfo.InfoHash;

/** Something that happened in the engine; see {@link Engine#subscribe}. */
public sealed interface EngineEvent {

    /** When it happened. */
    Instant at();

    /** An event of one torrent. */
    sealed interface OfTorrent extends EngineEvent {
        int number();

        InfoHash infoHash();
    }

    record Added(Instant at, int number, InfoHash infoHash, String name) implements OfTorrent {}

    record Removed(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    record MetadataReceived(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    /** The wanted files became complete by downloading; once, not again after a restart. */
    record Finished(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    record StateChanged(
            Instant at, int number, InfoHash infoHash, TorrentState before, TorrentState now)
            implements OfTorrent {}

    record Failed(Instant at, int number, InfoHash infoHash, TorrentError error)
            implements OfTorrent {}

    /**
     * Settings were changed.
     *
     * @param keys names of the settings that changed
     */
    record SettingsChanged(Instant at, Set<String> keys) implements EngineEvent {}

    /**
     * The block list was read again.
     *
     * @param rules rules now in force
     */
    record BlocklistUpdated(Instant at, int rules) implements EngineEvent {}

    /**
     * Stands for events that were dropped.
     *
     * @param count events that a slow subscriber did not get
     */
    record Missed(Instant at, long count) implements EngineEvent {}
}
