package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.TorrentSnapshot;

/**
 * Numbers every change of every torrent, and finds what changed after a number without looking at
 * what did not.
 *
 * <p>Thread-safe. A lock and not a loop: torrents of all loops draw from one sequence, and a reader
 * must never see a revision whose snapshot is not in the log yet. It is held for a few map
 * operations.
 */
final class ChangeLog {
    /** Removals that are remembered; who asks for older ones gets everything. */
    static final int REMOVALS_KEPT = 10_000;

    private record Removal(long revision, int number) {}

    private final NavigableMap<Long, TorrentSnapshot> latest = new TreeMap<>();
    private final Deque<Removal> removals = new ArrayDeque<>();
    private long revision;
    private long forgottenUpTo; // revision of the newest removal that is no longer remembered

    /**
     * Publishes a new snapshot.
     *
     * @param before revision of the torrent's last snapshot, 0 for its first
     * @param snapshot makes the snapshot with the revision it gets
     */
    synchronized TorrentSnapshot publish(long before, LongFunction<TorrentSnapshot> snapshot) {
        TorrentSnapshot made = snapshot.apply(revision + 1);
        revision++;
        latest.remove(before);
        latest.put(revision, made);
        return made;
    }

    /** Notes that a torrent is gone. */
    synchronized void removed(TorrentSnapshot last) {
        latest.remove(last.revision());
        note(last.number());
    }

    /** Notes torrents that an engine before had, and this one has not. */
    synchronized void removedBefore(List<Integer> numbers) {
        numbers.forEach(this::note);
    }

    private void note(int number) {
        removals.addLast(new Removal(++revision, number));
        if (removals.size() > REMOVALS_KEPT) {
            forgottenUpTo = removals.removeFirst().revision();
        }
    }

    /** See {@link org.bittern.api.engine.Engine#changesSince}. */
    synchronized Changes since(long asked) {
        boolean complete = asked >= forgottenUpTo && asked <= revision;
        List<TorrentSnapshot> changed =
                new ArrayList<>((complete ? latest.tailMap(asked, false) : latest).values());
        List<Integer> removed = new ArrayList<>();
        for (var newest = removals.descendingIterator(); newest.hasNext(); ) {
            Removal removal = newest.next();
            if (removal.revision() <= asked) {
                break;
            }
            removed.add(removal.number());
        }
        return new Changes(revision, complete, changed, removed);
    }
}
