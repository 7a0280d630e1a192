package org.bittern.control;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;

/**
 * The last {@value #CAPACITY} events of all engines of this process, in words. Thread-safe.
 *
 * <p>Made of the events of the engine and not of its log: they are part of the contract, mean the
 * same whatever writes the log, and cost nothing while nobody asks.
 */
final class Chronicle implements AutoCloseable {
    static final int CAPACITY = 2000;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Subscription watch;
    private @Nullable Subscription events; // null while no engine runs

    Chronicle(EngineHost host) {
        watch = host.watch(this::follow);
        follow(host.engine());
    }

    /** How much a reader should care, in rising order. */
    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /**
     * One event.
     *
     * @param torrent id, empty when it concerns none
     */
    record Entry(Instant at, Level level, String torrent, String message) {}

    /** The newest entries of at least this level, oldest first. */
    synchronized List<Entry> newest(Level least, int limit) {
        List<Entry> found = entries.stream().filter(e -> e.level().compareTo(least) >= 0).toList();
        return found.subList(Math.max(0, found.size() - limit), found.size());
    }

    // Locks, as listener threads of engines and request threads meet here and no loop owns it.
    private synchronized void add(EngineEvent event) {
        if (entries.size() == CAPACITY) {
            entries.removeFirst();
        }
        entries.addLast(entry(event));
    }

    private synchronized void follow(Optional<Engine> engine) {
        if (events != null) {
            events.close();
        }
        events = engine.map(running -> running.subscribe(this::add)).orElse(null);
    }

    @Override
    public void close() {
        watch.close();
        follow(Optional.empty());
    }

    private static Entry entry(EngineEvent event) {
        String torrent = event instanceof EngineEvent.OfTorrent of ? of.infoHash().hex() : "";
        return new Entry(event.at(), level(event), torrent, message(event));
    }

    private static Level level(EngineEvent event) {
        return switch (event) {
            case EngineEvent.Failed failed ->
                    switch (failed.error().kind()) {
                        case TRACKER_WARNING, TRACKER_ERROR -> Level.WARN;
                        case DISK_FULL, STORE_MISSING, DISK_ERROR, METADATA, INTERNAL ->
                                Level.ERROR;
                    };
            case EngineEvent.Missed missed -> Level.WARN;
            case EngineEvent.SettingsChanged changed -> Level.DEBUG;
            case EngineEvent.Changed changed -> Level.DEBUG;
            case EngineEvent.QueueChanged changed -> Level.DEBUG;
            case EngineEvent.PoliciesChanged changed -> Level.DEBUG;
            case EngineEvent.SeedLimitReached reached -> Level.INFO;
            case EngineEvent.BlocklistUpdated updated -> Level.DEBUG;
            case EngineEvent.Added added -> Level.INFO;
            case EngineEvent.Removed removed -> Level.INFO;
            case EngineEvent.MetadataReceived received -> Level.INFO;
            case EngineEvent.Finished finished -> Level.INFO;
            case EngineEvent.StateChanged changed -> Level.INFO;
        };
    }

    private static String message(EngineEvent event) {
        return switch (event) {
            case EngineEvent.Added added -> "added " + added.name();
            case EngineEvent.Removed removed -> "removed";
            case EngineEvent.MetadataReceived received -> "has its metadata";
            case EngineEvent.Finished finished -> "finished";
            case EngineEvent.StateChanged changed ->
                    "from " + changed.before() + " to " + changed.now();
            case EngineEvent.Failed failed -> text(failed.error());
            case EngineEvent.SettingsChanged changed -> "settings changed: " + changed.keys();
            case EngineEvent.Changed changed -> "changed: " + changed.what();
            case EngineEvent.QueueChanged changed -> "the order of the queue changed";
            case EngineEvent.PoliciesChanged changed -> "limits changed: " + changed.names();
            case EngineEvent.SeedLimitReached reached ->
                    "has seeded enough, follows " + reached.action();
            case EngineEvent.BlocklistUpdated updated -> "block list of " + updated.rules();
            case EngineEvent.Missed missed -> missed.count() + " events missed";
        };
    }

    private static String text(TorrentError error) {
        return error.kind() + ": " + error.message();
    }
}
