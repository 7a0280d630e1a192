package org.bittern.host.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bittern.spi.state.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * The state store that is there now, or none. Thread-safe: a lock, since those who need a store
 * wait here for the next one while the bundle is replaced.
 */
final class StateStoreSlot {
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Runnable> listeners = new ArrayList<>();
    private CompletableFuture<@Nullable Void> present = new CompletableFuture<>(); // one is there
    private @Nullable StateStore current;
    private boolean ended;

    /**
     * Empty at first.
     *
     * @param patience how long anybody waits for a store
     */
    StateStoreSlot(Duration patience) {
        this.patience = patience;
    }

    void came(StateStore store) {
        replace(null, store);
    }

    void left(StateStore store) {
        replace(store, null);
    }

    /** The store that is there at this moment; null when none is. */
    @Nullable StateStore now() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a store.
     *
     * @return whether one is there; false when none came in time, or none comes any more
     */
    boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (current == null && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return current != null;
        } finally {
            lock.unlock();
        }
    }

    /** Done when a store is there, or when there is no use in waiting any longer. */
    CompletableFuture<@Nullable Void> present() {
        lock.lock();
        try {
            return present.copy().completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            lock.unlock();
        }
    }

    /** No store comes any more: nobody waits for one from now on. */
    void end() {
        CompletableFuture<@Nullable Void> waiting;
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
            waiting = present;
        } finally {
            lock.unlock();
        }
        waiting.complete(null);
    }

    /** Calls the listener after each change, on the thread of the framework. */
    void onChange(Runnable listener) {
        lock.lock();
        try {
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
    }

    void forget(Runnable listener) {
        lock.lock();
        try {
            listeners.remove(listener);
        } finally {
            lock.unlock();
        }
    }

    private void replace(@Nullable StateStore only, @Nullable StateStore next) {
        List<Runnable> told;
        CompletableFuture<@Nullable Void> waiting;
        lock.lock();
        try {
            if (only != null && !only.equals(current)) {
                return; // the newer one came before the older one left
            }
            current = next;
            changed.signalAll();
            if (present.isDone() && next == null && !ended) {
                present = new CompletableFuture<>();
            }
            waiting = present;
            told = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
        if (next != null) {
            waiting.complete(null);
        }
    }
}
