package org.bittern.tracker.internal;

/** Starts what blocks. Any thread; returns at once. */
@FunctionalInterface
interface Threads {
    /** Runs something that ends by itself beside its caller, soon. */
    void start(String name, Runnable task);
}
