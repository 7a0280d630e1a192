package org.bittern.engine.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bittern.api.engine.Queue.Move;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnQueueTest {
    private final TurnQueue queue = new TurnQueue();

    private Seat downloading() {
        Seat seat = queue.join(() -> {});
        queue.wish(seat, Wish.DOWNLOAD, false, false);
        return seat;
    }

    private static void runs(Seat... seats) {
        assertThat(seats).extracting(Seat::granted).containsOnly(true);
    }

    private static void waits(Seat... seats) {
        assertThat(seats).extracting(Seat::granted).containsOnly(false);
    }

    @Test
    void letsTheFirstOnesRunAndTheNextFollow() {
        queue.limits(OptionalInt.of(2), OptionalInt.empty());
        Seat a = downloading();
        Seat b = downloading();
        Seat c = downloading();
        runs(a, b);
        waits(c);
        queue.wish(a, Wish.SEED, false, false);
        runs(a, b, c);
        queue.leave(b);
        assertThat(c.position()).isEqualTo(1);
        waits(b);
    }

    @Test
    void movesDecideWhoRuns() {
        queue.limits(OptionalInt.of(1), OptionalInt.empty());
        Seat a = downloading();
        Seat b = downloading();
        AtomicInteger told = new AtomicInteger();
        Seat c = queue.join(told::incrementAndGet);
        queue.wish(c, Wish.DOWNLOAD, false, false);
        queue.move(List.of(c), Move.TOP);
        runs(c);
        waits(a, b);
        assertThat(told).hasValue(1);
        queue.place(c, 99);
        assertThat(queue.order()).containsExactly(a, b, c);
        runs(a);
        queue.move(List.of(a, b), Move.DOWN);
        assertThat(queue.order()).containsExactly(c, a, b);
        queue.move(List.of(c, a), Move.UP);
        assertThat(queue.order()).containsExactly(c, a, b);
        queue.move(List.of(c, b), Move.BOTTOM);
        assertThat(queue.order()).containsExactly(a, c, b);
    }

    @Test
    void aStalledOneKeepsItsTurnAndNeedsNoPlace() {
        queue.limits(OptionalInt.of(1), OptionalInt.empty());
        Seat a = downloading();
        Seat b = downloading();
        queue.wish(a, Wish.DOWNLOAD, false, true);
        runs(a, b);
        queue.wish(a, Wish.DOWNLOAD, false, false);
        runs(a);
        waits(b);
    }

    @Test
    void aForcedOneRunsAlwaysAndTakesAPlace() {
        queue.limits(OptionalInt.of(1), OptionalInt.empty());
        Seat a = downloading();
        Seat b = downloading();
        queue.wish(b, Wish.DOWNLOAD, true, false);
        runs(b);
        waits(a);
        queue.limits(OptionalInt.of(0), OptionalInt.empty());
        runs(b);
        queue.wish(b, Wish.DOWNLOAD, false, false);
        waits(a, b);
        queue.limits(OptionalInt.empty(), OptionalInt.empty());
        runs(a, b);
    }

    @Test
    void whoStopsMakesPlaceAtOnce() {
        queue.limits(OptionalInt.empty(), OptionalInt.of(1));
        Seat a = queue.join(() -> {});
        Seat b = queue.join(() -> {});
        assertThat(queue.wish(a, Wish.SEED, false, false)).isTrue();
        assertThat(queue.wish(b, Wish.SEED, false, false)).isFalse();
        assertThat(queue.wish(a, Wish.NONE, false, false)).isFalse();
        runs(b);
    }

    // ---- any sequence of operations

    /** One operation; which seat and what follows from the numbers. */
    record Step(int kind, int seat, int number) {}

    /** What a seat should know, kept by the simplest means. */
    private static final class Model {
        final Seat seat;
        Wish wish = Wish.NONE;
        boolean forced;
        boolean stalled;

        Model(Seat seat) {
            this.seat = seat;
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, 1000);
        return Combinators.combine(Arbitraries.integers().between(0, 9), number, number)
                .as(Step::new)
                .list()
                .ofMaxSize(120);
    }

    @Property(tries = 300)
    void whoRunsFollowsFromOrderAndWishes(@ForAll("steps") List<Step> steps) {
        TurnQueue tested = new TurnQueue();
        List<Model> order = new ArrayList<>();
        int[] sizes = {Integer.MAX_VALUE, Integer.MAX_VALUE};
        for (Step step : steps) {
            apply(step, tested, order, sizes);
            check(tested, order, sizes);
        }
    }

    private static void apply(Step step, TurnQueue tested, List<Model> order, int[] sizes) {
        if (step.kind <= 1 || order.isEmpty()) {
            order.add(new Model(tested.join(() -> {})));
            return;
        }
        Model model = order.get(step.seat % order.size());
        switch (step.kind) {
            case 2 -> {
                tested.leave(model.seat);
                order.remove(model);
            }
            case 3 -> {
                sizes[0] = step.seat % 5 == 4 ? Integer.MAX_VALUE : step.seat % 5;
                sizes[1] = step.number % 5 == 4 ? Integer.MAX_VALUE : step.number % 5;
                tested.limits(size(sizes[0]), size(sizes[1]));
            }
            case 4 -> {
                int target = step.number % (order.size() + 2);
                tested.place(model.seat, target);
                order.remove(model);
                order.add(Math.min(target, order.size()), model);
            }
            case 5 -> {
                tested.move(List.of(model.seat), Move.TOP);
                order.remove(model);
                order.addFirst(model);
            }
            default -> {
                Wish wish = List.of(Wish.NONE, Wish.DOWNLOAD, Wish.SEED).get(step.number % 3);
                boolean granted = model.seat.granted();
                model.stalled = step.number % 7 == 0 && granted && wish == model.wish;
                model.forced = step.number % 11 == 0;
                model.wish = wish;
                tested.wish(model.seat, wish, model.forced, step.number % 7 == 0);
            }
        }
    }

    private static OptionalInt size(int size) {
        return size == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(size);
    }

    private static void check(TurnQueue tested, List<Model> order, int[] sizes) {
        assertThat(tested.order()).containsExactlyElementsOf(seats(order));
        for (int position = 0; position < order.size(); position++) {
            assertThat(order.get(position).seat.position()).isEqualTo(position);
        }
        for (Wish wish : List.of(Wish.DOWNLOAD, Wish.SEED)) {
            long forced =
                    order.stream().filter(m -> m.wish == wish && m.forced && !m.stalled).count();
            long free = Math.max(0, sizes[wish == Wish.DOWNLOAD ? 0 : 1] - forced);
            for (Model model : order) {
                if (model.wish == wish) {
                    boolean ordinary = !model.forced && !model.stalled;
                    assertThat(model.seat.granted()).isEqualTo(!ordinary || free > 0);
                    free -= ordinary && free > 0 ? 1 : 0;
                }
            }
        }
        assertThat(order)
                .filteredOn(model -> model.wish == Wish.NONE)
                .noneMatch(model -> model.seat.granted());
    }

    private static List<Seat> seats(List<Model> order) {
        return order.stream().map(model -> model.seat).toList();
    }
}
