package org.bittern.engine.internal.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.bittern.api.engine.Queue.Move;

/**
 * The order of all torrents, and who of them has his turn. Thread-safe.
 *
 * <p>Of those who wish to download the first few run, and likewise of those who wish to seed. Who
 * runs follows from the order and the wishes alone, not from what was before, with one exception: a
 * stalled torrent keeps its turn and needs no place. A forced one runs always and takes a place.
 *
 * <p>A lock and not a loop: the answer to a start shows whether the torrent runs, and torrents of
 * all loops share the order. What others' turns become is told after the lock is released.
 */
public final class TurnQueue {
    private final List<Seat> order = new ArrayList<>();
    private final Map<Wish, Lane> lanes = new EnumMap<>(Wish.class);

    public TurnQueue() {
        lanes.put(Wish.DOWNLOAD, new Lane());
        lanes.put(Wish.SEED, new Lane());
    }

    /** A seat at the end. */
    public synchronized Seat join(Runnable changed) {
        Seat seat = new Seat(order.size(), changed);
        order.add(seat);
        return seat;
    }

    /** Gives a seat back; those behind move up. */
    public void leave(Seat seat) {
        Set<Seat> changed = new LinkedHashSet<>();
        synchronized (this) {
            int position = seat.position();
            if (position >= order.size() || !order.get(position).equals(seat)) {
                return; // left before
            }
            Lane lane = lanes.get(seat.wish);
            if (lane != null) {
                lane.remove(seat);
            }
            seat.wish = Wish.NONE;
            seat.granted(false);
            order.remove(position);
            renumber(position, order.size(), changed);
            if (lane != null) {
                lane.settle(changed);
            }
        }
        tell(changed, seat);
    }

    /**
     * How many may run at a time.
     *
     * @param downloads empty: all
     * @param seeds empty: all
     */
    public void limits(OptionalInt downloads, OptionalInt seeds) {
        Set<Seat> changed = new LinkedHashSet<>();
        synchronized (this) {
            limit(Wish.DOWNLOAD, downloads, changed);
            limit(Wish.SEED, seeds, changed);
        }
        changed.forEach(seat -> seat.changed.run());
    }

    private void limit(Wish wish, OptionalInt size, Set<Seat> changed) {
        Lane lane = lanes.get(wish);
        if (lane != null) {
            lane.size(size.orElse(Lane.UNLIMITED));
            lane.settle(changed);
        }
    }

    /**
     * Says what a torrent wishes.
     *
     * @param forced runs in any case
     * @param stalled runs and moves nothing; counts only while it has its turn
     * @return whether it has its turn; its own {@code changed} is not called for that
     */
    public boolean wish(Seat seat, Wish wish, boolean forced, boolean stalled) {
        Set<Seat> changed = new LinkedHashSet<>();
        synchronized (this) {
            boolean idle = stalled && seat.granted();
            if (seat.wish == wish && seat.forced == forced && seat.stalled == idle) {
                return seat.granted();
            }
            Lane left = lanes.get(seat.wish);
            if (left != null) {
                left.remove(seat);
            }
            boolean stays = seat.wish == wish && seat.granted();
            seat.forced = forced;
            seat.stalled = idle && seat.wish == wish;
            seat.wish = wish;
            Lane joined = lanes.get(wish);
            seat.granted(stays || (joined != null && (forced || joined.unlimited())));
            if (joined != null) {
                joined.add(seat);
                joined.settle(changed);
            }
            if (left != null && !left.equals(joined)) {
                left.settle(changed);
            }
        }
        tell(changed, seat);
        return seat.granted();
    }

    /** See {@link org.bittern.api.engine.Queue#move}. */
    public void move(Collection<Seat> moving, Move where) {
        Set<Seat> changed = new LinkedHashSet<>();
        synchronized (this) {
            List<Seat> seats = present(moving);
            switch (where) {
                case TOP -> {
                    for (int i = seats.size() - 1; i >= 0; i--) {
                        put(seats.get(i), 0, changed);
                    }
                }
                case BOTTOM -> seats.forEach(seat -> put(seat, order.size() - 1, changed));
                case UP -> {
                    int first = 0; // a block at the top stays as it is
                    for (Seat seat : seats) {
                        put(seat, Math.max(first, seat.position() - 1), changed);
                        first = seat.position() + 1;
                    }
                }
                case DOWN -> {
                    int last = order.size() - 1;
                    for (Seat seat : seats.reversed()) {
                        put(seat, Math.min(last, seat.position() + 1), changed);
                        last = seat.position() - 1;
                    }
                }
            }
            lanes.values().forEach(lane -> lane.settle(changed));
        }
        changed.forEach(seat -> seat.changed.run());
    }

    /** Puts a seat at a position; beyond the end means the end. */
    public void place(Seat seat, int position) {
        Set<Seat> changed = new LinkedHashSet<>();
        synchronized (this) {
            if (!present(List.of(seat)).isEmpty()) {
                put(seat, Math.clamp(position, 0, order.size() - 1), changed);
                lanes.values().forEach(lane -> lane.settle(changed));
            }
        }
        changed.forEach(each -> each.changed.run());
    }

    /** All seats in order. */
    public synchronized List<Seat> order() {
        return List.copyOf(order);
    }

    private List<Seat> present(Collection<Seat> asked) {
        List<Seat> present = new ArrayList<>();
        for (Seat seat : asked) {
            int position = seat.position();
            if (position < order.size() && order.get(position).equals(seat)) {
                present.add(seat);
            }
        }
        present.sort(Comparator.comparingInt(Seat::position));
        return present;
    }

    private void put(Seat seat, int target, Set<Seat> changed) {
        int from = seat.position();
        if (from == target) {
            return;
        }
        Lane lane = lanes.get(seat.wish);
        if (lane != null) {
            lane.remove(seat);
        }
        order.remove(from);
        order.add(target, seat);
        renumber(Math.min(from, target), Math.max(from, target) + 1, changed);
        if (lane != null) {
            lane.add(seat);
        }
    }

    private void renumber(int from, int to, Set<Seat> changed) {
        for (int position = from; position < to; position++) {
            Seat seat = order.get(position);
            if (seat.position() != position) {
                seat.position(position);
                changed.add(seat);
            }
        }
    }

    private static void tell(Set<Seat> changed, Seat except) {
        for (Seat seat : changed) {
            if (!seat.equals(except)) {
                seat.changed.run();
            }
        }
    }
}
