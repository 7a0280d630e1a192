package org.bittern.tinytorrent.internal;

import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.FieldNames;
import org.bittern.rpc.FieldTexts;
import org.bittern.rpc.RpcView;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told that the world looks like. Follows the engine by its revisions, so a look
 * costs no more than what changed. Owned by the thread of {@link Hub}.
 */
final class SyncState {
    private static final FieldTexts NO_SESSION =
            new FieldTexts(new FieldNames(List.of(), Set.of()), new String[0]);

    private final RpcView view;
    private final NavigableMap<Integer, FieldTexts> torrents = new TreeMap<>();
    private FieldTexts session = NO_SESSION;
    private @Nullable Engine engine; // null before the first look
    private Settings settings = Settings.EMPTY;
    private long revision;

    SyncState(RpcView view) {
        this.view = view;
    }

    FieldTexts session() {
        return session;
    }

    /** All torrents, in order of their numbers; a copy. */
    List<FieldTexts> torrents() {
        return List.copyOf(torrents.values());
    }

    boolean knows(int number) {
        return torrents.containsKey(number);
    }

    /**
     * Looks at the engine.
     *
     * @param all look at every torrent, also at those that did not change: then seconds that are
     *     counted are those of now
     * @return what is another than at the last look
     */
    Patch look(Engine current, boolean all) {
        Settings now = current.settings();
        // Fields of torrents depend on settings of the session; another engine begins to count
        // anew.
        boolean whole = all || !current.equals(engine) || !now.equals(settings);
        Changes changes = current.changesSince(whole ? 0 : revision);
        NavigableSet<Integer> removed = new TreeSet<>(gone(changes, whole));
        removed.retainAll(torrents.keySet());
        NavigableMap<Integer, FieldTexts> seen = new TreeMap<>();
        for (TorrentSnapshot changed : changes.changed()) {
            Optional<Torrent> torrent = current.torrent(changed.number());
            // One that is gone already is among the removed of the next look.
            torrent.ifPresent(present ->
                    seen.put(
                            present.number(),
                            view.torrent(current, present, torrents.get(present.number()))));
        }
        FieldTexts nextSession = view.session(current, session);
        Patch patch = difference(removed, seen, nextSession);
        // Only now, so that a look that fails half way is made again.
        engine = current;
        settings = now;
        revision = changes.revision();
        torrents.keySet().removeAll(removed);
        torrents.putAll(seen);
        session = nextSession;
        return patch;
    }

    private Patch difference(
            NavigableSet<Integer> removed,
            NavigableMap<Integer, FieldTexts> seen,
            FieldTexts nextSession) {
        NavigableMap<Integer, FieldTexts> added = new TreeMap<>();
        NavigableMap<Integer, Patch.Update> updated = new TreeMap<>();
        seen.forEach((number, now) -> {
            FieldTexts before = torrents.get(number);
            if (before == null) {
                added.put(number, now);
            } else {
                Patch.Update update = new Patch.Update(now, now.news(before));
                if (!update.changed().isEmpty()) {
                    updated.put(number, update);
                }
            }
        });
        Patch.Update change = new Patch.Update(nextSession, nextSession.news(session));
        return new Patch(removed, added, updated, change.changed().isEmpty() ? null : change);
    }

    private Set<Integer> gone(Changes changes, boolean whole) {
        if (!whole && changes.complete()) {
            return Set.copyOf(changes.removed());
        }
        Set<Integer> gone = new HashSet<>(torrents.keySet());
        changes.changed().forEach(present -> gone.remove(present.number()));
        return gone;
    }
}
