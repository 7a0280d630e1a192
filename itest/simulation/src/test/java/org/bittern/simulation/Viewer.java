package org.bittern.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeBrain.RangeListener;
import org.bittern.api.stream.RangeRequest;
import org.bittern.stream.local.internal.SimBrain;
import org.jspecify.annotations.Nullable;

/**
 * A player in virtual time that takes what it gets: it asks for window after window, as the
 * endpoint does for it. When it seeks it opens a new request first, and leaves the old one when
 * that is answered, as players do.
 */
final class Viewer {
    private static final int FIRST_WINDOW = 64 << 10;
    private static final int LAST_WINDOW = 1 << 20;
    private static final long NOWHERE = -1;

    /** So long mpv takes to close a connection when the next one is answered. */
    private static final Duration CLOSING = Duration.ofMillis(5);

    private final World world;
    private final RangeBrain brain;
    private final String file;
    private final long length;
    private final List<Arrival> arrivals = new ArrayList<>();
    private @Nullable Reading reading; // null before the first seek
    private long asked;
    private long wished = NOWHERE; // where it will seek to when its read comes back
    private boolean patient;
    private Duration reaction = Duration.ZERO;

    /** From the last seek on: until here, at this second, everything could be read. */
    private record Arrival(double second, long position) {}

    Viewer(World world, Machine machine, Payload payload) {
        this.world = world;
        brain = SimBrain.of(machine::engine, world.time()::nanoTime);
        file = SimBrain.fileId(payload.metainfo().infoHash().hex(), 0);
        length = payload.bytes().length;
    }

    /** Cannot leave a read that waits: it seeks when something came, as mpv does. */
    Viewer patient() {
        patient = true;
        return this;
    }

    /** The same, and it takes a while to seek when its read has come back. */
    Viewer patient(Duration lateBy) {
        reaction = lateBy;
        return patient();
    }

    /** Reads on from another place. */
    void seek(long position) {
        Reading before = reading;
        if (patient && before != null && before.waiting) {
            wished = position;
            arrivals.clear();
            arrivals.add(new Arrival(world.time().seconds(), position));
            return;
        }
        go(position);
    }

    private void go(long position) {
        Reading before = reading;
        if (wished == NOWHERE) {
            arrivals.clear();
            arrivals.add(new Arrival(world.time().seconds(), position));
        }
        wished = NOWHERE;
        Reading next = new Reading(position, before);
        reading = next;
        next.ask();
    }

    /** Reads no more. */
    void leave() {
        if (reading != null) {
            reading.leave();
        }
    }

    /** The first byte that it has not got. */
    long position() {
        return arrivals.getLast().position;
    }

    /** How many bytes it has got since the last seek. */
    long got() {
        return position() - arrivals.getFirst().position;
    }

    /** Seconds since the last seek. */
    double seconds() {
        return world.time().seconds() - arrivals.getFirst().second;
    }

    /**
     * How often it had to stop when it played from the first byte on, as a player does that goes on
     * with a second in hand.
     *
     * @param rate of the film, bytes per second
     * @return seconds of each pause
     */
    List<Double> pauses(double rate) {
        List<Double> pauses = new ArrayList<>();
        double begin = arrivals.getFirst().position;
        double played = begin;
        double clock = arrivals.get(1).second; // when the first bytes came
        double pausedSince = -1;
        for (int i = 1; i < arrivals.size(); i++) {
            Arrival next = arrivals.get(i);
            double there = arrivals.get(i - 1).position;
            if (pausedSince < 0) {
                double until = played + rate * (next.second - clock);
                if (until > there) {
                    pausedSince = clock + (there - played) / rate;
                    until = there;
                }
                played = until;
            }
            clock = next.second;
            boolean enough = next.position - played >= rate || next.position == length;
            if (pausedSince >= 0 && enough) {
                pauses.add(clock - pausedSince);
                pausedSince = -1;
            }
        }
        return pauses;
    }

    /** One request of the player. */
    private final class Reading implements RangeListener {
        private long next;
        private int window = FIRST_WINDOW;
        private boolean left;
        private boolean waiting;
        private RangeRequest request;
        private @Nullable Reading before; // null when there was none, or when it was left

        Reading(long position, @Nullable Reading before) {
            next = position;
            this.before = before;
            request = window();
        }

        private RangeRequest window() {
            long last = Math.min(length, next + window) - 1;
            return new RangeRequest(file, next, last, new UUID(0, asked++));
        }

        void ask() {
            request = window();
            brain.request(request, this);
        }

        @Override
        public void answer(RangeAnswer answer) {
            switch (answer) {
                case RangeAnswer.Available there -> granted(there.end());
                case RangeAnswer.Ready there -> granted(there.end());
                case RangeAnswer.Block ignored -> {
                    window = FIRST_WINDOW / 2;
                    waiting = true;
                }
                case RangeAnswer.Progress ignored -> {}
                case RangeAnswer.Reject no -> world.unexpected(new AssertionError(no.reason()));
                case RangeAnswer.Gone gone -> world.unexpected(new AssertionError(gone.reason()));
            }
        }

        private void granted(OptionalLong end) {
            if (left) {
                return;
            }
            Reading last = before;
            if (last != null && patient) {
                world.time().after(CLOSING, last::leave);
            } else if (last != null) {
                last.leave();
            }
            before = null;
            waiting = false;
            next = end.orElse(request.end()) + 1;
            window = Math.min(LAST_WINDOW, 2 * window);
            if (this == reading && wished != NOWHERE && reaction.isZero()) {
                go(wished);
            } else if (this == reading && wished != NOWHERE) {
                world.time().after(reaction, this::seekOn);
            } else if (this == reading) {
                arrivals.add(new Arrival(world.time().seconds(), next));
            }
            if (next < length) {
                world.time().after(Duration.ofMillis(1), this::goOn);
            }
        }

        private void seekOn() {
            if (this == reading && wished != NOWHERE) {
                go(wished);
            }
        }

        private void goOn() {
            if (!left) {
                ask();
            }
        }

        void leave() {
            left = true;
            brain.cancel(request.requestId());
            if (before != null) {
                before.leave();
            }
        }
    }
}
