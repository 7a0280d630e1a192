package org.bittern.engine.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;

/** Hands events to subscribers, each on a thread of its own. Thread-safe. */
final class EventHub implements AutoCloseable {
    private final List<EventFeed> feeds = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Queues an event for everybody; returns at once. */
    void publish(EngineEvent event) {
        for (EventFeed feed : feeds) {
            feed.offer(event);
        }
    }

    Subscription subscribe(Consumer<EngineEvent> listener) {
        EventFeed feed = new EventFeed(listener);
        feeds.add(feed);
        feed.start();
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
