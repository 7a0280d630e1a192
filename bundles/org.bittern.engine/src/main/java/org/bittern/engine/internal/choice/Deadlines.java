package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.List;

/**
 * Pieces that someone waits for, soonest first: a stream sets them. Owned by the torrent loop; not
 * thread-safe. Holds as many entries as streams look ahead, tens to hundreds.
 */
final class Deadlines {
    private final List<Due> dues = new ArrayList<>(0);

    /**
     * A piece and when it is needed.
     *
     * @param nanos on the clock of {@link System#nanoTime()}
     */
    record Due(int piece, long nanos) {
        boolean missed(long nowNanos) {
            return nowNanos - nanos > 0;
        }
    }

    /** Sets or changes the deadline of a piece. */
    void put(int piece, long nanos) {
        remove(piece);
        int at = dues.size();
        while (at > 0 && dues.get(at - 1).nanos - nanos > 0) {
            at--;
        }
        dues.add(at, new Due(piece, nanos));
    }

    /**
     * Forgets the deadline of a piece.
     *
     * @return whether there was one
     */
    boolean remove(int piece) {
        return dues.removeIf(due -> due.piece == piece);
    }

    boolean has(int piece) {
        for (Due due : dues) {
            if (due.piece == piece) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return dues.size();
    }

    /** From 0 to {@link #size()} - 1, soonest first. */
    Due at(int index) {
        return dues.get(index);
    }
}
