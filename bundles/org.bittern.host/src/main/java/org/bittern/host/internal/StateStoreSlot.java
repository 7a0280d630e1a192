package org.bittern.host.internal;

import java.util.ArrayList;
import java.util.List;
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
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Runnable> listeners = new ArrayList<>();
    private @Nullable StateStore current;

    void came(StateStore store) {
        replace(null, store);
    }

    void left(StateStore store) {
        replace(store, null);
    }

    /** The store, waiting for one; null when none came in time. */
    @Nullable StateStore await(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (current == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return current;
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            if (only != null && !only.equals(current)) {
                return; // the newer one came before the older one left
            }
            current = next;
            changed.signalAll();
            told = List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
    }

    /** How long an operation waits for a replaced store. */
    static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
}
