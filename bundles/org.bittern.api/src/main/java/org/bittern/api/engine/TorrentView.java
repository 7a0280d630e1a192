package org.bittern.api.engine;

import java.util.List;
import org.bittern.metainfo.Bitfield;

/**
 * A torrent with all that makes it up, looked at in one moment: its parts never contradict each
 * other.
 *
 * @param torrent of that moment too, with the revision of what was published last
 * @param pieces a copy of the verified ones, of length 0 without metadata
 * @param trackers of all tiers
 * @param peers connected ones
 */
public record TorrentView(
        TorrentSnapshot torrent,
        Bitfield pieces,
        List<TrackerSnapshot> trackers,
        List<PeerSnapshot> peers) {
    public TorrentView {
        trackers = List.copyOf(trackers);
        peers = List.copyOf(peers);
    }
}
