package org.bittern.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * The clock of a simulated world and everything that is going to happen in it, in the order of
 * (time, number): so the same seed gives the same run, event by event. Owned by the thread that
 * turns the clock; nothing else may run meanwhile.
 */
final class VirtualTime {
    /** Wall time at the beginning of every world. */
    private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");

    /** More events at one instant mean that two things go on waking each other up. */
    private static final int MOST_AT_ONE_INSTANT = 1_000_000;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong((Event event) -> event.nanos)
                            .thenComparingLong(event -> event.number));
    private long nowNanos;
    private long numbers;
    private int atThisInstant;
    private long trace = FNV_OFFSET;
    private long happened;

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
        return nowNanos;
    }

    Instant now() {
        return EPOCH.plusNanos(nowNanos);
    }

    double seconds() {
        return nowNanos / 1e9;
    }

    Event after(long delayNanos, Runnable task) {
        Event event = new Event(Math.addExact(nowNanos, Math.max(0, delayNanos)), numbers++, task);
        events.add(event);
        return event;
    }

    Event after(Duration delay, Runnable task) {
        return after(delay.toNanos(), task);
    }

    /** Mixes something that happened into the fingerprint of the run. */
    void trace(long what) {
        trace = (trace ^ what) * FNV_PRIME;
    }

    /** Fingerprint of all that happened so far: equal in two runs if they were the same. */
    long fingerprint() {
        return trace;
    }

    /** Events that happened so far. */
    long happened() {
        return happened;
    }

    void run(Duration span) {
        long end = nowNanos + span.toNanos();
        while (stepBefore(end)) {
            // all there is to do
        }
        nowNanos = end;
    }

    /**
     * Lets time pass until something is true.
     *
     * @return false when it is not true within the limit
     */
    boolean runUntil(BooleanSupplier condition, Duration limit) {
        long end = nowNanos + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!stepBefore(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    private boolean stepBefore(long endNanos) {
        Event next = events.peek();
        while (next != null && next.cancelled) {
            events.remove();
            next = events.peek();
        }
        if (next == null || next.nanos > endNanos) {
            return false;
        }
        events.remove();
        atThisInstant = next.nanos == nowNanos ? atThisInstant + 1 : 0;
        if (atThisInstant > MOST_AT_ONE_INSTANT) {
            throw new IllegalStateException("time stands still at " + seconds() + " s");
        }
        nowNanos = next.nanos;
        trace(next.nanos);
        trace(next.number);
        happened++;
        next.task.run();
        return true;
    }
}
