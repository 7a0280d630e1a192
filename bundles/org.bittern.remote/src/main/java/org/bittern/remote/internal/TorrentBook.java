package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The torrents of a daemon as far as polls have told. A poll tells all of them, or those that were
 * active of late: then the others are as they were. Used by one thread.
 */
final class TorrentBook {
    /** What a poll has changed. */
    record Changes(List<TorrentText> torrents, List<Long> removed) {
        boolean isEmpty() {
            return torrents.isEmpty() && removed.isEmpty();
        }
    }

    private final Set<Long> chosen;
    private final SortedMap<Long, JsonNode> torrents = new TreeMap<>();

    /**
     * An empty book.
     *
     * @param chosen numbers of those that count; empty: all, also those that come later
     */
    TorrentBook(Collection<Long> chosen) {
        this.chosen = Set.copyOf(chosen);
    }

    /** Takes in an answer that tells all torrents. */
    Changes all(JsonNode answer) {
        Set<Long> gone = new HashSet<>(torrents.keySet());
        answer.path("torrents").forEach(torrent -> gone.remove(torrent.path("id").asLong()));
        return apply(answer, gone);
    }

    /** Takes in an answer that tells those that were active of late, and those removed. */
    Changes recent(JsonNode answer) {
        Set<Long> gone = new HashSet<>();
        answer.path("removed").forEach(id -> gone.add(id.asLong()));
        return apply(answer, gone);
    }

    private Changes apply(JsonNode answer, Set<Long> gone) {
        List<Long> removed =
                gone.stream().filter(id -> torrents.remove(id) != null).sorted().toList();
        List<TorrentText> changed = new ArrayList<>();
        for (JsonNode torrent : answer.path("torrents")) {
            long id = torrent.path("id").asLong();
            boolean counts = chosen.isEmpty() || chosen.contains(id);
            if (counts && !torrent.equals(torrents.put(id, torrent))) {
                changed.add(new TorrentText(torrent));
            }
        }
        return new Changes(changed, removed);
    }

    /** By number. */
    List<TorrentText> torrents() {
        return torrents.values().stream().map(TorrentText::new).toList();
    }
}
