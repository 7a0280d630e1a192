package org.bittern.engine.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.Queue.Move;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CheckQueueTest {
    private final TurnQueue turns = new TurnQueue();
    private final CheckQueue checks = new CheckQueue();
    private final List<String> begun = new ArrayList<>();

    private CheckQueue.Ticket ask(String device, Seat seat, String name) {
        return checks.ask(device, seat, () -> begun.add(name));
    }

    @Test
    void checksOneAfterTheOtherOnADeviceAndSeveralDevicesAtOnce() {
        CheckQueue.Ticket a = ask("disk", turns.join(() -> {}), "a");
        ask("disk", turns.join(() -> {}), "b");
        ask("other", turns.join(() -> {}), "c");
        assertThat(begun).containsExactly("a", "c");
        checks.done(a);
        checks.done(a);
        assertThat(begun).containsExactly("a", "c", "b");
    }

    @Test
    void followsTheQueueAsItIsWhenAPlaceBecomesFree() {
        Seat first = turns.join(() -> {});
        Seat second = turns.join(() -> {});
        Seat third = turns.join(() -> {});
        CheckQueue.Ticket a = ask("disk", first, "a");
        ask("disk", second, "b");
        ask("disk", third, "c");
        turns.move(List.of(third), Move.TOP);
        checks.done(a);
        assertThat(begun).containsExactly("a", "c");
    }

    @Test
    void whoGivesUpWaitingHoldsNobodyUp() {
        CheckQueue.Ticket a = ask("disk", turns.join(() -> {}), "a");
        CheckQueue.Ticket b = ask("disk", turns.join(() -> {}), "b");
        ask("disk", turns.join(() -> {}), "c");
        checks.done(b);
        checks.done(a);
        assertThat(begun).containsExactly("a", "c");
    }

    @Test
    void beginsMoreWhenMoreAreAllowed() {
        for (String name : List.of("a", "b", "c")) {
            ask("disk", turns.join(() -> {}), name);
        }
        checks.size(2);
        assertThat(begun).containsExactly("a", "b");
    }
}
