package org.bittern.engine.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backlog and the thread of one subscriber. Thread-safe; a lock and not a loop, because the
 * subscriber's thread must sleep while there is nothing.
 */
final class EventFeed {
    private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

    private final Consumer<EngineEvent> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private final Deque<EngineEvent> backlog = new ArrayDeque<>();
    private long missed;
    private @Nullable EngineEvent newestMissed; // not null while missed > 0
    private boolean closed;

    EventFeed(Consumer<EngineEvent> listener) {
        this.listener = listener;
    }

    void start() {
        Thread.ofVirtual().name("bt-events").start(this::deliver);
    }

    void offer(EngineEvent event) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (backlog.size() >= Engine.EVENT_BACKLOG) {
                newestMissed = backlog.removeFirst();
                missed++;
            }
            backlog.addLast(event);
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread after what is queued. */
    void close() {
        lock.lock();
        try {
            closed = true;
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    private void deliver() {
        try {
            for (EngineEvent event = next(); event != null; event = next()) {
                tell(event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(EngineEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            log.warn("a subscriber failed on {}", event, e);
        }
    }

    /** The next event, or null when closed and empty. */
    private @Nullable EngineEvent next() throws InterruptedException {
        lock.lock();
        try {
            while (backlog.isEmpty() && !closed) {
                something.await();
            }
            if (newestMissed != null) {
                EngineEvent gap = new EngineEvent.Missed(newestMissed.at(), missed);
                newestMissed = null;
                missed = 0;
                return gap;
            }
            return backlog.pollFirst();
        } finally {
            lock.unlock();
        }
    }
}
