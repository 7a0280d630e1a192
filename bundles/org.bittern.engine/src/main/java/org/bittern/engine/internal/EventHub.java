package org.bittern.engine.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;

/** Hands events to subscribers, each one by one on a thread that is no loop. Thread-safe. */
final class EventHub implements AutoCloseable {
    private final List<EventFeed> feeds = new CopyOnWriteArrayList<>();
    private final Surroundings surroundings;
    private volatile boolean closed;

    EventHub(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Queues an event for everybody; returns at once. */
    void publish(EngineEvent event) {
        for (EventFeed feed : feeds) {
            feed.offer(event);
        }
    }

    Subscription subscribe(Consumer<EngineEvent> listener) {
        EventFeed feed = new EventFeed(listener, surroundings);
        feeds.add(feed);
        if (closed) {
            feed.close();
        }
        return () -> {
            feeds.remove(feed);
            feed.close();
        };
    }

    /** What is queued is still delivered; nothing after it. */
    @Override
    public void close() {
        closed = true;
        feeds.forEach(EventFeed::close);
        feeds.clear();
    }
}
