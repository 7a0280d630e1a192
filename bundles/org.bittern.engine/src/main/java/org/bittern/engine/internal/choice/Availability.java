package org.bittern.engine.internal.choice;

import java.util.Arrays;
import org.bittern.metainfo.Bitfield;
import org.jspecify.annotations.Nullable;

/**
 * How many connected peers have each piece. Owned by the torrent loop; not thread-safe.
 *
 * <p>Peers that have everything are one number, so that a swarm of seeds costs neither time nor
 * memory; the counts of the others exist only while there are others with pieces.
 */
final class Availability {
    private final int pieceCount;
    private char @Nullable [] counts; // null: no peer that is not a seed has a piece
    private int seeds;
    private int others;

    Availability(int pieceCount) {
        this.pieceCount = pieceCount;
    }

    /** A peer came. */
    void add(Bitfield pieces) {
        if (pieces.isComplete()) {
            seeds++;
        } else {
            others++;
            shift(pieces, 1);
        }
    }

    /** A peer went. */
    void remove(Bitfield pieces) {
        if (pieces.isComplete()) {
            seeds--;
        } else {
            removeOther(pieces);
        }
    }

    private void removeOther(Bitfield pieces) {
        others--;
        shift(pieces, -1);
        if (others == 0) {
            counts = null;
        }
    }

    /**
     * A peer has got one more piece.
     *
     * @param pieces what it has now, this piece included
     * @return true when it has become a seed: then all counts have changed
     */
    boolean gained(int piece, Bitfield pieces) {
        counts()[piece]++;
        if (!pieces.isComplete()) {
            return false;
        }
        removeOther(pieces);
        seeds++;
        return true;
    }

    /**
     * A peer has lost a piece (BEP 54).
     *
     * @param pieces what it has now, without this piece
     * @return true when it was a seed before: then all counts have changed
     */
    boolean lost(int piece, Bitfield pieces) {
        if (pieces.cardinality() < pieceCount - 1) {
            counts()[piece]--;
            return false;
        }
        seeds--;
        others++;
        shift(pieces, 1);
        return true;
    }

    private void shift(Bitfield pieces, int by) {
        if (pieces.isEmpty()) {
            return;
        }
        char[] array = counts();
        for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
            array[piece] += (char) by;
        }
    }

    private char[] counts() {
        if (counts == null) {
            counts = new char[pieceCount];
        }
        return counts;
    }

    /** Peers with this piece that are not seeds. */
    int withoutSeeds(int piece) {
        return counts == null ? 0 : counts[piece];
    }

    /** Peers with this piece. */
    int of(int piece) {
        return seeds + withoutSeeds(piece);
    }

    /** Connected peers. */
    int peers() {
        return seeds + others;
    }

    /** Peers per piece. */
    int[] toArray() {
        int[] all = new int[pieceCount];
        Arrays.setAll(all, this::of);
        return all;
    }

    /** Whether there are counts in memory. */
    boolean holdsCounts() {
        return counts != null;
    }
}
