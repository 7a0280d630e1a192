package org.bittern.api.engine;

import java.util.List;

/**
 * What changed between two revisions.
 *
 * @param revision give this to the next call
 * @param complete false when the question was too old: then {@code changed} holds every torrent and
 *     {@code removed} is incomplete
 * @param changed latest snapshots of torrents that were added or changed
 * @param removed numbers of torrents that were removed
 */
public record Changes(
        long revision, boolean complete, List<TorrentSnapshot> changed, List<Integer> removed) {
    public Changes {
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
    }
}
