package org.bittern.gotorrent.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/**
 * What changes, told to one client as server-sent events (HTML standard, section 9.2) until it
 * leaves. Owned by the (virtual) thread of the request; {@link #end} may come from any.
 *
 * <p>{@code reset}: all that was told is void, everything follows. {@code session}: a torrent that
 * is new or changed, as {@code /torrentdata} shows it. {@code removed}: the info-hash of one that
 * is gone. The id names the run of the engine and its revision: who comes back with it is told only
 * what it missed.
 */
final class Feed {
    /** Changes of one second are told together: rates change all the time. */
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Without a word for so long, proxies take a connection for dead. */
    private static final int SILENT_ROUNDS = 15;

    private static final String SILENCE = ":\n\n";

    /** Where the events go. */
    @FunctionalInterface
    interface Sink {
        /** Returns when the text is on its way. */
        void send(String text) throws IOException;
    }

    private final EngineHost host;
    private final Calls calls;
    private final boolean extended;
    private final Sink sink;
    private final ObjectMapper json = new ObjectMapper();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, String> told = new HashMap<>(); // info-hash by number
    private String run = ""; // which run of the engine the revision is of
    private long revision;
    private boolean cameBack; // with the id of an earlier event
    private boolean over;

    Feed(EngineHost host, Calls calls, boolean extended, Sink sink) {
        this.host = host;
        this.calls = calls;
        this.extended = extended;
        this.sink = sink;
    }

    /**
     * Tells until the client goes or {@link #end} is called.
     *
     * @param lastId of the last event that the client has seen
     * @throws IOException the client has gone
     */
    void tell(Optional<String> lastId) throws IOException, InterruptedException {
        lastId.ifPresent(this::goOn);
        int silent = 0;
        do {
            boolean anything = round();
            silent = anything ? 0 : silent + 1;
            if (silent >= SILENT_ROUNDS) {
                sink.send(SILENCE);
                silent = 0;
            }
        } while (!rest());
    }

    /** Ends it. Idempotent. */
    void end() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** True when it is over. */
    private boolean rest() throws InterruptedException {
        lock.lock();
        try {
            long left = ROUND_NANOS;
            while (!over && left > 0) {
                left = changed.awaitNanos(left);
            }
            return over;
        } finally {
            lock.unlock();
        }
    }

    private void goOn(String lastId) {
        int dash = lastId.lastIndexOf('-');
        try {
            revision = Long.parseLong(lastId.substring(dash + 1));
            run = lastId.substring(0, Math.max(dash, 0));
            cameBack = true;
        } catch (NumberFormatException e) {
            // Not one of ours: everything is told.
        }
    }

    private boolean round() throws IOException {
        Optional<Engine> running = host.engine();
        if (running.isEmpty()) {
            return false; // it is being replaced
        }
        Engine engine = running.get();
        String current = String.valueOf(engine.status().started().toEpochMilli());
        Changes changes = engine.changesSince(current.equals(run) ? revision : 0);
        StringBuilder events = new StringBuilder();
        // Of those that went while the client was away nobody knows the info-hash any more.
        boolean missed = cameBack && !changes.removed().isEmpty();
        if (!current.equals(run) || !changes.complete() || missed) {
            changes = engine.changesSince(0);
            told.clear();
            event(events, "reset", id(current, changes), Map.of());
        } else if (cameBack) {
            engine.torrents()
                    .forEach(torrent -> told.put(torrent.number(), hash(torrent.infoHash())));
        }
        cameBack = false;
        String id = id(current, changes);
        for (int number : changes.removed()) {
            String infohash = told.remove(number);
            if (infohash != null) {
                event(events, "removed", id, Map.of("infohash", infohash));
            }
        }
        for (SessionView view : views(engine, changes.changed())) {
            told.put(view.torrent().number(), hash(view.torrent().infoHash()));
            event(events, "session", id, view.fields());
        }
        run = current;
        revision = changes.revision();
        if (!events.isEmpty()) {
            sink.send(events.toString());
        }
        return !events.isEmpty();
    }

    private static String id(String run, Changes changes) {
        return run + "-" + changes.revision();
    }

    private static String hash(InfoHash infoHash) {
        return Hex.of(SessionView.wireHash(infoHash));
    }

    private List<SessionView> views(Engine engine, List<TorrentSnapshot> snapshots) {
        List<Torrent> torrents = new ArrayList<>(snapshots.size());
        snapshots.forEach(snapshot -> engine.torrent(snapshot.number()).ifPresent(torrents::add));
        return calls.views(torrents, extended);
    }

    private void event(
            StringBuilder to,
            String name,
            String id,
            Map<String, ? extends @Nullable Object> fields)
            throws IOException {
        to.append("event: ").append(name).append("\nid: ").append(id).append("\ndata: ");
        to.append(json.writeValueAsString(fields)).append("\n\n");
    }
}
