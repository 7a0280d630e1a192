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
    private @Nullable StateStore departed; // the one that left last; null once another came
    private boolean lastCall;
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

    /** The store that can be used at this moment; null when none can. */
    @Nullable StateStore now() {
        lock.lock();
        try {
            return usable();
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock. */
    private @Nullable StateStore usable() {
        return current == null && lastCall ? departed : current;
    }

    /**
     * Begins or ends the time in which an engine closes: it cannot wait for the next store, but may
     * use the one that left last. When packages are refreshed the framework stops all bundles
     * concerned, in an order of its own, before it takes the classes of any away.
     */
    void lastCall(boolean begins) {
        List<Runnable> told;
        lock.lock();
        try {
            lastCall = begins;
            changed.signalAll();
            told = begins || current != null ? List.of() : List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run); // nobody keeps the store that left
    }

    /**
     * Waits for a store.
     *
     * @return whether one can be used; false when none came in time, or none comes any more
     */
    boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (usable() == null && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return usable() != null;
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

    /**
     * Calls the listener after each change and after a last call, on the thread that brings it
     * about.
     */
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
            departed = next == null ? current : null;
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
