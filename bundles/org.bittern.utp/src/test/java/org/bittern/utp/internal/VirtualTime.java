package org.bittern.utp.internal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * A clock and what is going to happen, in the order of (time, number): the same seed gives the same
 * run. Owned by the test's thread.
 */
final class VirtualTime {
    /** Timestamps of 32 bits wrap around after three seconds. */
    private static final long BEGIN =
            Duration.of(1L << 32, ChronoUnit.MICROS).minusSeconds(3).toNanos();

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong((Event event) -> event.nanos)
                            .thenComparingLong(event -> event.number));
    private long passed;
    private long numbers;

    /** Something that is going to happen. */
    static final class Event {
        private final long nanos;
        private final long number;
        private final Runnable task;
        private boolean cancelled;

        private Event(long nanos, long number, Runnable task) {
            this.nanos = nanos;
            this.number = number;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
        }
    }

    long nanoTime() {
        return BEGIN + passed;
    }

    double seconds() {
        return passed / 1e9;
    }

    Event after(long delayNanos, Runnable task) {
        Event event = new Event(passed + Math.max(0, delayNanos), numbers++, task);
        events.add(event);
        return event;
    }

    void run(Duration span) {
        long end = passed + span.toNanos();
        while (stepBefore(end)) {
            // all there is to do
        }
        passed = end;
    }

    /** Lets time pass until something is true; false when it is not true within the limit. */
    boolean runUntil(BooleanSupplier condition, Duration limit) {
        long end = passed + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!stepBefore(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    private boolean stepBefore(long end) {
        Event next = events.peek();
        while (next != null && next.cancelled) {
            events.remove();
            next = events.peek();
        }
        if (next == null || next.nanos > end) {
            return false;
        }
        events.remove();
        passed = next.nanos;
        next.task.run();
        return true;
    }
}
