package org.bittern.transmission.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bittern.api.engine.Changes;
import org.bittern.api.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * Which torrents changed in the last minute. The engine counts revisions, not seconds, so marks are
 * set as time goes by; the answer goes back to the newest mark that is a minute old, and costs no
 * more than what changed since. Thread-safe: a lock, held for a question to the engine.
 */
final class RecentActivity {
    static final Duration WINDOW = Duration.ofSeconds(60);

    /** How much older than a minute an answer may go back. */
    static final Duration STEP = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private @Nullable Engine engine; // null before the first question

    private record Mark(Instant at, long revision) {}

    RecentActivity(InstantSource clock) {
        this.clock = clock;
    }

    /** What changed in the last minute; everything when nobody asked within that time. */
    synchronized Changes recent(Engine current) {
        Instant now = clock.instant();
        if (!current.equals(engine)) {
            engine = current; // its revisions begin anew
            marks.clear();
        }
        Mark begin = null;
        Instant windowBegin = now.minus(WINDOW);
        while (!marks.isEmpty() && !marks.getFirst().at().isAfter(windowBegin)) {
            begin = marks.removeFirst();
        }
        if (begin != null) {
            marks.addFirst(begin);
        }
        Changes changes = current.changesSince(begin == null ? 0 : begin.revision());
        if (marks.isEmpty() || marks.getLast().at().plus(STEP).isBefore(now)) {
            marks.addLast(new Mark(now, changes.revision()));
        }
        return changes;
    }
}
