package org.bittern.testkit;

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
public final class VirtualTime {
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
    private final long beginNanos;
    private long passedNanos;
    private long numbers;
    private int atThisInstant;
    private long trace = FNV_OFFSET;
    private long happened;

    /** A clock that begins at 0. */
    public VirtualTime() {
        this(0);
    }

    /**
     * A clock that begins elsewhere, just before an overflow for example.
     *
     * @param beginNanos of {@link #nanoTime}
     */
    public VirtualTime(long beginNanos) {
        this.beginNanos = beginNanos;
    }

    /** Something that is going to happen. */
    public static final class Event {
        private final long nanos;
        private final long number;
        private final Runnable task;
        private boolean cancelled;

        private Event(long nanos, long number, Runnable task) {
            this.nanos = nanos;
            this.number = number;
            this.task = task;
        }

        /** It is not going to happen after all. */
        public void cancel() {
            cancelled = true;
        }
    }

    /** Nanoseconds of this clock; may overflow. */
    public long nanoTime() {
        return beginNanos + passedNanos;
    }

    /** Wall time. */
    public Instant now() {
        return EPOCH.plusNanos(passedNanos);
    }

    /** Seconds that have passed. */
    public double seconds() {
        return passedNanos / 1e9;
    }

    /** Plans something. */
    public Event after(long delayNanos, Runnable task) {
        Event event =
                new Event(Math.addExact(passedNanos, Math.max(0, delayNanos)), numbers++, task);
        events.add(event);
        return event;
    }

    /** Plans something. */
    public Event after(Duration delay, Runnable task) {
        return after(delay.toNanos(), task);
    }

    /** Mixes something that happened into the fingerprint of the run. */
    public void trace(long what) {
        trace = (trace ^ what) * FNV_PRIME;
    }

    /** Fingerprint of all that happened so far: equal in two runs if they were the same. */
    public long fingerprint() {
        return trace;
    }

    /** Events that happened so far. */
    public long happened() {
        return happened;
    }

    /** Lets time pass with everything that falls due. */
    public void run(Duration span) {
        long end = passedNanos + span.toNanos();
        while (stepBefore(end)) {
            // all there is to do
        }
        passedNanos = end;
    }

    /**
     * Lets time pass until something is true.
     *
     * @return false when it is not true within the limit
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long end = passedNanos + limit.toNanos();
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
        atThisInstant = next.nanos == passedNanos ? atThisInstant + 1 : 0;
        if (atThisInstant > MOST_AT_ONE_INSTANT) {
            throw new IllegalStateException("time stands still at " + seconds() + " s");
        }
        passedNanos = next.nanos;
        trace(next.nanos);
        trace(next.number);
        happened++;
        next.task.run();
        return true;
    }
}
