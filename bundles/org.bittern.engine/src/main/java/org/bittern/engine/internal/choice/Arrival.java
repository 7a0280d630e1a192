package org.bittern.engine.internal.choice;

import java.util.List;

/** What to do with a block that has come. */
public sealed interface Arrival {
    /**
     * Give it to the store.
     *
     * @param completesPiece no other block of the piece is missing: it can be verified
     * @param cancel other peers that were asked for the same block (end game) and need not send it
     */
    record Wanted(boolean completesPiece, List<PeerView> cancel) implements Arrival {}

    /** We have it from elsewhere: drop it. Normal in the end game and after a time-out. */
    record Duplicate() implements Arrival {}

    /** It was never asked of this peer, or the piece was given up: drop it and count it. */
    record Unwanted() implements Arrival {}
}
