package org.bittern.web.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps requests waiting between the moment when a server listens and the moment when all servlets
 * are behind it: whoever knows the port could come early, and would find nothing. Thread-safe.
 */
final class Gate {
    private volatile CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile boolean shut;

    void open() {
        opened.complete(null);
    }

    /** From now on requests wait again. */
    void close() {
        if (opened.isDone() && !shut) {
            opened = new CompletableFuture<>();
        }
    }

    /** Nobody is let in any more, as the process ends. What is inside goes on. */
    void shut() {
        shut = true;
        opened.complete(null); // who waits need not
    }

    boolean isShut() {
        return shut;
    }

    /** Returns when it is open, or late: then there is an answer too, though not the right one. */
    void await(Duration longest) {
        try {
            opened.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Go on: what is missing is said by whoever misses it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
