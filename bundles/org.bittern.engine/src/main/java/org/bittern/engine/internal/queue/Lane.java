package org.bittern.engine.internal.queue;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Those who wish the same, in order, and how many of them may run. Guarded by the queue's lock.
 *
 * <p>The set stays sorted although positions change: between two of its members the order changes
 * only when one of them moves, and who moves is taken out meanwhile.
 */
final class Lane {
    /** As many as like. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private final NavigableSet<Seat> seats = new TreeSet<>(Comparator.comparingInt(Seat::position));
    private int size = UNLIMITED;
    private int forced; // forced and not stalled: they run, and count
    private int ordinary; // neither forced nor stalled
    private int running; // ordinary ones that run

    void size(int now) {
        size = now;
    }

    /** Whether who joins runs at once. */
    boolean unlimited() {
        return size == UNLIMITED;
    }

    /** Takes a seat in; whether it runs is decided by {@link #settle}. */
    void add(Seat seat) {
        seats.add(seat);
        ordinary += seat.ordinary() ? 1 : 0;
        forced += seat.forced && !seat.stalled ? 1 : 0;
        running += seat.ordinary() && seat.granted() ? 1 : 0;
    }

    void remove(Seat seat) {
        seats.remove(seat);
        ordinary -= seat.ordinary() ? 1 : 0;
        forced -= seat.forced && !seat.stalled ? 1 : 0;
        running -= seat.ordinary() && seat.granted() ? 1 : 0;
    }

    /**
     * Decides who runs. Looks at no more seats than it must: at those who run, and at those before
     * them.
     *
     * @param changed gets those whose turn began or ended
     */
    void settle(Set<Seat> changed) {
        if (unlimited() && running == ordinary) {
            return;
        }
        int free = size == UNLIMITED ? UNLIMITED : Math.max(0, size - forced);
        int seen = 0;
        int before = running;
        for (Seat seat : seats) {
            if (free == 0 && seen == before) {
                break;
            }
            if (!seat.ordinary()) {
                grant(seat, true, changed);
                continue;
            }
            seen += seat.granted() ? 1 : 0;
            boolean runs = free > 0;
            free -= runs ? 1 : 0;
            running += (runs ? 1 : 0) - (seat.granted() ? 1 : 0);
            grant(seat, runs, changed);
        }
    }

    static void grant(Seat seat, boolean runs, Set<Seat> changed) {
        if (seat.granted() != runs) {
            seat.granted(runs);
            changed.add(seat);
        }
    }
}
