package org.bittern.tracker.internal;

import java.util.Optional;
import org.bittern.bencode.BString;
import org.bittern.spi.discovery.SearchSpec;

/**
 * One announce of one swarm.
 *
 * @param swarm info-hash on the wire, 20 bytes, shared and not changed
 * @param tally as it was when the announce was planned
 * @param trackerId what the tracker asked us to repeat
 */
record AnnounceRequest(
        SearchSpec spec,
        byte[] swarm,
        AnnounceEvent event,
        SearchSpec.Tally tally,
        Optional<BString> trackerId,
        Patience patience) {

    /** Peers that are asked for in one announce at most. */
    private static final int MAX_WANTED = 200;

    /**
     * What is left while the size is unknown: one block, so that the tracker takes us for a
     * leecher, as libtorrent does.
     */
    private static final long UNKNOWN_LEFT_BYTES = 16_384;

    /** Trackers refuse 0: who does not listen names one where nobody can. */
    private static final int NOT_LISTENING = 1;

    /** The port to announce. */
    int port() {
        int ours = tally.port() > 0 ? tally.port() : spec.listenPort();
        return ours == 0 ? NOT_LISTENING : ours;
    }

    long leftBytes() {
        return Math.max(0, tally.leftBytes().orElse(UNKNOWN_LEFT_BYTES));
    }

    /** How many peers to ask for. */
    int wanted() {
        return event == AnnounceEvent.STOPPED ? 0 : Math.clamp(tally.wanted(), 0, MAX_WANTED);
    }
}
