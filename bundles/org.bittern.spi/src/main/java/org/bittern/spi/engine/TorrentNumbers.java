package org.bittern.spi.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bittern.metainfo.InfoHash;

/**
 * The numbers by which callers name torrents: positive, and none is given twice. Owned by who has
 * engines made; it outlives each of them, so that a torrent keeps its number in the next one.
 *
 * <p>Thread-safe. A lock and not a loop: engines on other loops come and go; it is held for a few
 * map operations.
 */
public final class TorrentNumbers {
    /** Numbers of torrents that are gone; older ones are forgotten. */
    public static final int GONE_KEPT = 10_000;

    private final Map<String, Integer> present = new HashMap<>(); // by info-hash in hex
    private final Deque<Integer> gone = new ArrayDeque<>(); // oldest first
    private int last;

    /** None was given yet. */
    public TorrentNumbers() {
        this(0);
    }

    /**
     * Goes on where another one ended, whose torrents nobody knows any more.
     *
     * @param last the highest number that it gave, 0 for none
     */
    public TorrentNumbers(int last) {
        this.last = last;
        for (int number = Math.max(0, last - GONE_KEPT) + 1; number <= last; number++) {
            gone.addLast(number);
        }
    }

    /** The highest number that was given, 0 for none. */
    public synchronized int last() {
        return last;
    }

    /** A new number, for a torrent that is added. */
    public synchronized int added(InfoHash storedAs) {
        return next(storedAs);
    }

    /** The number that a torrent had in the engine before, a new one if it was not there. */
    public synchronized int restored(InfoHash storedAs) {
        Integer before = present.get(storedAs.hex());
        return before == null ? next(storedAs) : before;
    }

    /** A torrent is removed; should it come back, it is another one. */
    public synchronized void removed(InfoHash storedAs) {
        forget(storedAs.hex());
    }

    /**
     * An engine has restored all that it is going to restore.
     *
     * @param there its torrents; all others are gone
     * @return numbers of torrents that are gone, the latest last; at most {@value #GONE_KEPT}
     */
    public synchronized List<Integer> gone(Collection<InfoHash> there) {
        Set<String> lost = new HashSet<>(present.keySet());
        there.forEach(torrent -> lost.remove(torrent.hex()));
        lost.forEach(this::forget);
        return List.copyOf(gone);
    }

    private int next(InfoHash storedAs) {
        forget(storedAs.hex()); // of an adding that failed half-way
        last++;
        present.put(storedAs.hex(), last);
        return last;
    }

    private void forget(String storedAs) {
        Integer number = present.remove(storedAs);
        if (number != null) {
            gone.addLast(number);
            if (gone.size() > GONE_KEPT) {
                gone.removeFirst();
            }
        }
    }
}
