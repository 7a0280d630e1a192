package org.bittern.stream.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The deliveries that run. Thread-safe. */
final class Streams {
    /** More at a time are refused. */
    static final int MOST = 10_000;

    private final Set<Delivery> running = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    /**
     * Takes one in.
     *
     * @return false when there are too many, or none may begin any more
     */
    boolean begin(Delivery delivery) {
        if (over || running.size() >= MOST) {
            return false;
        }
        running.add(delivery);
        if (over) {
            delivery.end("the streaming endpoint stops");
        }
        return true;
    }

    void end(Delivery delivery) {
        running.remove(delivery);
    }

    int count() {
        return running.size();
    }

    /** A file is no longer offered. */
    void withdrawn(String fileId) {
        for (Delivery delivery : running) {
            if (delivery.fileId().equals(fileId)) {
                delivery.end("the file is gone");
            }
        }
    }

    /** Ends all; none begins any more. */
    void close() {
        over = true;
        running.forEach(delivery -> delivery.end("the streaming endpoint stops"));
    }
}
