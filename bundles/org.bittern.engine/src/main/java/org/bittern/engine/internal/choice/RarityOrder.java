package org.bittern.engine.internal.choice;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Pieces in the order of how many peers have them, rarest first, in random order among equals.
 * Owned by the torrent loop; not thread-safe.
 *
 * <p>The pieces lie in one array; those of one level (number of peers) are neighbours, and {@code
 * starts} says where each level begins. To move a piece to the next level it changes places with
 * the last of its own level and the border moves by one: constant time, where sorting would take n
 * log n for each "have" message. libtorrent's picker works alike.
 */
final class RarityOrder {
    private static final int ABSENT = -1;
    private static final int LEAST_ROOM = 16;

    private final RandomGenerator random;
    private final int[] position; // by piece: where in order, or ABSENT
    private int[] order;
    private int[] starts = new int[2]; // starts[level]: first of that level; starts[levels] = size
    private int levels = 1;

    RarityOrder(int pieceCount, RandomGenerator random) {
        this.random = random;
        position = new int[pieceCount];
        Arrays.fill(position, ABSENT);
        order = new int[Math.min(pieceCount, LEAST_ROOM)];
    }

    int size() {
        return starts[levels];
    }

    boolean contains(int piece) {
        return position[piece] != ABSENT;
    }

    /** The piece at this place, from 0 to {@link #size()} - 1. */
    int at(int index) {
        return order[index];
    }

    /** The first place of a piece that at least this many peers have; may be {@link #size()}. */
    int firstOf(int level) {
        return starts[Math.min(level, levels)];
    }

    /** The level of the piece at this place. */
    int levelAt(int index) {
        int level = Arrays.binarySearch(starts, 0, levels + 1, index);
        if (level < 0) {
            return -level - 2;
        }
        while (level < levels && starts[level + 1] == index) {
            level++; // empty levels start at the same place
        }
        return level;
    }

    /** Puts in a piece that is absent. */
    void add(int piece, int level) {
        growTo(level);
        int hole = size();
        if (hole == order.length) {
            order = Arrays.copyOf(order, Math.min(position.length, Math.max(LEAST_ROOM, 2 * hole)));
        }
        starts[levels]++;
        for (int l = levels - 1; l > level; l--) {
            int first = starts[l];
            if (first != hole) {
                put(order[first], hole);
            }
            hole = first;
            starts[l]++;
        }
        put(piece, hole);
        shuffleIn(hole, level);
    }

    /** Takes out a piece that is present. */
    void remove(int piece) {
        int hole = position[piece];
        for (int l = levelAt(hole); l < levels; l++) {
            int last = starts[l + 1] - 1;
            if (last != hole) {
                put(order[last], hole);
            }
            hole = last;
            starts[l + 1]--;
        }
        position[piece] = ABSENT;
    }

    /** One more peer has this present piece. */
    void raise(int piece) {
        int at = position[piece];
        int level = levelAt(at);
        growTo(level + 1);
        int last = starts[level + 1] - 1;
        swap(at, last);
        starts[level + 1]--;
        shuffleIn(last, level + 1);
    }

    /** One peer less has this present piece, which at least one peer had. */
    void lower(int piece) {
        int at = position[piece];
        int level = levelAt(at);
        int first = starts[level];
        swap(at, first);
        starts[level]++;
        shuffleIn(first, level - 1);
    }

    /**
     * Replaces everything.
     *
     * @param pieces in any order, distinct; the first {@code count} are taken
     * @param levelOf level of each
     */
    void rebuild(int[] pieces, int count, IntUnaryOperator levelOf) {
        int top = 0;
        for (int i = 0; i < count; i++) {
            top = Math.max(top, levelOf.applyAsInt(pieces[i]));
        }
        levels = top + 1;
        starts = new int[levels + 1];
        for (int i = 0; i < count; i++) {
            starts[levelOf.applyAsInt(pieces[i]) + 1]++;
        }
        for (int l = 0; l < levels; l++) {
            starts[l + 1] += starts[l];
        }
        int[] next = starts.clone();
        Arrays.fill(position, ABSENT);
        order = new int[count];
        for (int i = 0; i < count; i++) {
            put(pieces[i], next[levelOf.applyAsInt(pieces[i])]++);
        }
        for (int l = 0; l < levels; l++) {
            for (int i = starts[l + 1] - 1; i > starts[l]; i--) {
                swap(i, starts[l] + random.nextInt(i - starts[l] + 1));
            }
        }
    }

    private void growTo(int level) {
        if (level < levels) {
            return;
        }
        int size = size();
        if (level + 2 > starts.length) {
            starts = Arrays.copyOf(starts, Math.max(level + 2, 2 * starts.length));
        }
        Arrays.fill(starts, levels, level + 2, size);
        levels = level + 1;
    }

    private void shuffleIn(int at, int level) {
        int first = starts[level];
        swap(at, first + random.nextInt(starts[level + 1] - first));
    }

    private void swap(int a, int b) {
        int piece = order[a];
        put(order[b], a);
        put(piece, b);
    }

    private void put(int piece, int at) {
        order[at] = piece;
        position[piece] = at;
    }
}
