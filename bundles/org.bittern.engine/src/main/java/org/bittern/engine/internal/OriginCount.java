package org.bittern.engine.internal;

import org.bittern.api.engine.TorrentSnapshot;

/** Counts peers by where they were heard of. Used within one call. */
final class OriginCount {
    private int incoming;
    private int tracker;
    private int dht;
    private int pex;
    private int lsd;
    private int manual;
    private int resume;

    /**
     * Counts one.
     *
     * @param source as in {@link org.bittern.api.engine.PeerSnapshot#source}
     */
    void add(String source) {
        switch (source) {
            case "incoming" -> incoming++;
            case "tracker" -> tracker++;
            case "dht" -> dht++;
            case "pex" -> pex++;
            case "lsd" -> lsd++;
            case "resume" -> resume++;
            default -> manual++;
        }
    }

    TorrentSnapshot.Origins sum() {
        return new TorrentSnapshot.Origins(incoming, tracker, dht, pex, lsd, manual, resume);
    }
}
