package org.bittern.stream.brain.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has still to say. Thread-safe by a lock: the brain answers on threads of the
 * engine, which must not wait for a socket; one thread takes.
 */
final class Outbox {
    /**
     * Answers that nobody takes off. More end the connection: as many windows may be open, and
     * progress of each is told once a second.
     */
    static final int MOST_ANSWERS = 4 * Requests.MOST_OPEN;

    /** Groups that changed; beyond that all are looked through. */
    static final int MOST_GROUPS = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Work> answers = new ArrayDeque<>();
    private final Set<Optional<String>> groups = new LinkedHashSet<>(); // empty: all of them
    private @Nullable String ended; // the reason

    /** What is to be done next. */
    sealed interface Work {
        /** An answer is to be sent. */
        record Say(Statement statement) implements Work {}

        /**
         * A group may have other files.
         *
         * @param group empty: any may
         */
        record Look(Optional<String> group) implements Work {}

        /** There was nothing to do for a while. */
        record Nothing() implements Work {}
    }

    void say(Statement statement) {
        lock.lock();
        try {
            if (answers.size() >= MOST_ANSWERS) {
                end("it does not take " + MOST_ANSWERS + " answers");
            } else {
                answers.add(new Work.Say(statement));
                more.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    void look(Optional<String> group) {
        lock.lock();
        try {
            if (groups.contains(Optional.<String>empty())) {
                return;
            }
            boolean all = group.isEmpty() || groups.size() >= MOST_GROUPS;
            if (all) {
                groups.clear();
            }
            groups.add(all ? Optional.empty() : group);
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will be said; only the first reason counts. */
    void end(String reason) {
        lock.lock();
        try {
            if (ended == null) {
                ended = reason;
                more.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for something to do; answers go first, since players wait for them.
     *
     * @param patienceNanos after which it is {@link Work.Nothing}
     * @throws IOException it has ended
     */
    Work take(long patienceNanos) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patienceNanos;
            while (ended == null && answers.isEmpty() && groups.isEmpty() && left > 0) {
                left = more.awaitNanos(left);
            }
            if (ended != null) {
                throw new IOException(ended);
            }
            if (!answers.isEmpty()) {
                return answers.remove();
            }
            if (groups.isEmpty()) {
                return new Work.Nothing();
            }
            Optional<String> group = groups.iterator().next();
            groups.remove(group);
            return new Work.Look(group);
        } finally {
            lock.unlock();
        }
    }
}
