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

    /** A torrent is there; it may not have begun yet. */
    record Added(Instant at, int number, InfoHash infoHash, String name) implements OfTorrent {}

    /** A torrent was taken out: no command reaches it any more. */
    record Removed(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    /** Peers have sent the metadata of a magnet link (BEP 9), and it is in place. */
    record MetadataReceived(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    /** The wanted files became complete by downloading; once, not again after a restart. */
    record Finished(Instant at, int number, InfoHash infoHash) implements OfTorrent {}

    /** A torrent went on to another state, or back. */
    record StateChanged(
            Instant at, int number, InfoHash infoHash, TorrentState before, TorrentState now)
            implements OfTorrent {}

    /**
     * Something went wrong with a torrent itself, and it stopped: its state is {@link
     * TorrentState#ERROR}.
     */
    record Failed(Instant at, int number, InfoHash infoHash, TorrentError error)
            implements OfTorrent {}

    /**
     * Something of a torrent was changed that is neither its state nor its progress.
     *
     * @param what kinds of change, not empty
     */
    record Changed(Instant at, int number, InfoHash infoHash, Set<Aspect> what)
            implements OfTorrent {
        public Changed {
            what = Set.copyOf(what);
        }
    }

    /** What can be changed of a torrent. */
    enum Aspect {
        OPTIONS,
        LABELS,
        /** Priorities, names. */
        FILES,
        TRACKERS,
        DIRECTORY
    }

    /** Seeding has lasted long enough; {@code action} follows. */
    record SeedLimitReached(Instant at, int number, InfoHash infoHash, SeedAction action)
            implements OfTorrent {}

    /** The order of the queue was changed by a caller. */
    record QueueChanged(Instant at) implements EngineEvent {}

    /**
     * Bandwidth groups or labels with limits were changed.
     *
     * @param names of the groups or labels
     */
    record PoliciesChanged(Instant at, Set<String> names) implements EngineEvent {
        public PoliciesChanged {
            names = Set.copyOf(names);
        }
    }

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
