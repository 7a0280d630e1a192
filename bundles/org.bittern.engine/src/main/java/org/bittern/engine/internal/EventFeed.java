package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backlog of one subscriber, delivered in order by one thread at a time, which lives while
 * there is something. Thread-safe; a lock and not a loop, because subscribers may block.
 */
final class EventFeed {
    private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

    private final Consumer<EngineEvent> listener;
    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<EngineEvent> backlog = new ArrayDeque<>();
    private long missed;
    private @Nullable EngineEvent newestMissed; // not null while missed > 0
    private boolean delivering;
    private boolean closed;

    EventFeed(Consumer<EngineEvent> listener, Surroundings surroundings) {
        this.listener = listener;
        this.surroundings = surroundings;
    }

    void offer(EngineEvent event) {
        if (queued(event)) {
            surroundings.start("bt-events", this::deliver);
        }
    }

    /** True when nobody delivers yet. */
    private boolean queued(EngineEvent event) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (backlog.size() >= Engine.EVENT_BACKLOG) {
                newestMissed = backlog.removeFirst();
                missed++;
            }
            backlog.addLast(event);
            boolean idle = !delivering;
            delivering = true;
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** What is queued is still delivered. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void deliver() {
        for (EngineEvent event = next(); event != null; event = next()) {
            tell(event);
        }
    }

    private void tell(EngineEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            log.warn("a subscriber failed on {}", event, e);
        }
    }

    /** The next event, or null when there is none: then nobody delivers any more. */
    private @Nullable EngineEvent next() {
        lock.lock();
        try {
            if (newestMissed != null) {
                EngineEvent gap = new EngineEvent.Missed(newestMissed.at(), missed);
                newestMissed = null;
                missed = 0;
                return gap;
            }
            EngineEvent event = backlog.pollFirst();
            delivering = event != null;
            return event;
        } finally {
            lock.unlock();
        }
    }
}
