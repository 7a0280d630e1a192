package org.bittern.engine.internal.choice;

import org.bittern.metainfo.Bitfield;

/**
 * A connected peer as the piece picker sees it. Told apart by {@code equals}, which is identity;
 * owned by the torrent loop.
 */
public interface PeerView {
    /** Which pieces it has; live, only the torrent loop changes it. */
    Bitfield pieces();

    /** Whether it chokes us: then only allowed-fast pieces may be asked for (BEP 6). */
    boolean chokesUs();

    /** Whether it has not sent a block for too long, see {@link RequestTimer}. */
    boolean snubbed();

    /**
     * Whether it has requests to answer and brings no whole block, see {@link
     * RequestTimer#stalled}.
     */
    boolean stalled();

    /**
     * Whether it took part in a failed piece: then it works on pieces of its own, for clear blame.
     */
    default boolean onParole() {
        return false;
    }

    /** Payload bytes per second that come from it. */
    long downloadRate();

    /** Blocks that were asked of it and have not come. */
    int outstanding();

    /** Pieces that it lets us ask for while it chokes us (BEP 6); shared, not changed. */
    int[] allowedFast();

    /** Pieces that it suggests (BEP 6), newest first; shared, not changed. */
    int[] suggested();
}
