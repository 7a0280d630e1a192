package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Pieces that readers wait for, in the order in which they shall come. Owned by the torrent loop;
 * not thread-safe. Holds as many entries as streams look ahead, tens to hundreds.
 */
final class Deadlines {
    private final List<Due> dues = new ArrayList<>(0);
    private final BitSet members = new BitSet(0);

    /**
     * A piece and when it is late.
     *
     * @param nanos on the clock of {@link System#nanoTime()}
     */
    record Due(int piece, long nanos) {
        boolean missed(long nowNanos) {
            return nowNanos - nanos > 0;
        }
    }

    void clear() {
        dues.clear();
        members.clear();
    }

    /** Puts a piece behind all others; it is not there yet. */
    void add(int piece, long nanos) {
        dues.add(new Due(piece, nanos));
        members.set(piece);
    }

    /** Forgets a piece. */
    void remove(int piece) {
        if (members.get(piece)) {
            members.clear(piece);
            dues.removeIf(due -> due.piece == piece);
        }
    }

    boolean has(int piece) {
        return members.get(piece);
    }

    int size() {
        return dues.size();
    }

    /** From 0 to {@link #size()} - 1, soonest first. */
    Due at(int index) {
        return dues.get(index);
    }
}
