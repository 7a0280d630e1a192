package org.bittern.stream.brain.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The windows that one connection has asked for. Thread-safe by a lock: questions come on threads
 * of the socket, answers on those of the engine.
 *
 * <p>A window that was granted counts as well: what follows it is wanted until its client has gone.
 */
final class Requests {
    /** Windows without a last word; more are rejected. As many streams may run at an I/O side. */
    static final int MOST_OPEN = 10_000;

    /** Windows that were granted and can still be cancelled; the oldest are forgotten. */
    static final int MOST_GRANTED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<UUID> open = new HashSet<>();
    private final Map<UUID, Boolean> granted = new Granted();
    private boolean over;

    /** Forgets the oldest first. */
    private static final class Granted extends LinkedHashMap<UUID, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > MOST_GRANTED;
        }
    }

    /** What becomes of a question. */
    enum Begin {
        ASKED,
        /** There is one with this id, or the connection is over. */
        IGNORED,
        TOO_MANY
    }

    Begin begin(UUID requestId) {
        lock.lock();
        try {
            if (over || open.contains(requestId) || granted.containsKey(requestId)) {
                return Begin.IGNORED;
            }
            if (open.size() >= MOST_OPEN) {
                return Begin.TOO_MANY;
            }
            open.add(requestId);
            return Begin.ASKED;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody still waits for it. */
    boolean waits(UUID requestId) {
        lock.lock();
        try {
            return open.contains(requestId);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The last word about it.
     *
     * @param grant it can be read
     * @return whether somebody waited for it
     */
    boolean end(UUID requestId, boolean grant) {
        lock.lock();
        try {
            boolean waited = open.remove(requestId);
            if (waited && grant) {
                granted.put(requestId, true);
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** The client has gone; whether it was one of this connection. */
    boolean cancel(UUID requestId) {
        lock.lock();
        try {
            return open.remove(requestId) || granted.remove(requestId) != null;
        } finally {
            lock.unlock();
        }
    }

    /** All clients have gone; those that were there. None begins any more. */
    List<UUID> cancelAll() {
        lock.lock();
        try {
            over = true;
            List<UUID> all = new ArrayList<>(open);
            all.addAll(granted.keySet());
            open.clear();
            granted.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
