package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of this bundle: a virtual one for each exchange that is under way, and a few platform
 * threads for names, since the system's resolver would hold the carrier of a virtual thread.
 * Thread-safe.
 */
final class Workers implements Resolver, Threads {
    /** Exchanges over HTTP at a time; more wait in a queue without a thread. */
    static final int MAX_EXCHANGES = 200;

    private static final int LOOKUP_THREADS = 4;
    private static final int LOOKUP_IDLE_SECONDS = 30;

    private final ConcurrentHashMap<String, CompletableFuture<List<InetAddress>>> lookups =
            new ConcurrentHashMap<>();
    private final ThreadPoolExecutor resolvers;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    Workers() {
        // As many waiting names as there are different ones: see resolve().
        resolvers =
                new ThreadPoolExecutor(
                        LOOKUP_THREADS,
                        LOOKUP_THREADS,
                        LOOKUP_IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("tracker-names-", 0).factory());
        resolvers.allowCoreThreadTimeOut(true);
    }

    /** Runs an exchange on a virtual thread, when fewer than {@link #MAX_EXCHANGES} are running. */
    void exchange(Runnable task) {
        // synchronized: callers are loops and exchanges alike, and nothing in here waits
        synchronized (waiting) {
            if (closed) {
                return;
            }
            if (running >= MAX_EXCHANGES) {
                waiting.add(task);
                return;
            }
            running++;
        }
        start("tracker-exchange", () -> runAll(task));
    }

    private void runAll(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } finally {
                task = next();
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (waiting) {
            Runnable next = closed ? null : waiting.poll();
            if (next == null) {
                running--;
            }
            return next;
        }
    }

    /** Runs something that ends by itself on a virtual thread at once. */
    @Override
    public void start(String name, Runnable task) {
        Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public CompletableFuture<List<InetAddress>> resolve(String host) {
        try {
            return CompletableFuture.completedFuture(List.of(InetAddress.ofLiteral(host)));
        } catch (IllegalArgumentException _) { // a name
            CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
            CompletableFuture<List<InetAddress>> lookup = lookups.putIfAbsent(host, fresh);
            if (lookup == null) {
                lookup = fresh;
                submit(host, fresh);
            }
            return lookup;
        }
    }

    private void submit(String host, CompletableFuture<List<InetAddress>> lookup) {
        try {
            resolvers.execute(() -> look(host, lookup));
        } catch (RejectedExecutionException e) { // closed
            lookup.completeExceptionally(e);
        }
    }

    private void look(String host, CompletableFuture<List<InetAddress>> lookup) {
        try {
            List<InetAddress> found = List.of(InetAddress.getAllByName(host));
            lookups.remove(host);
            lookup.complete(found);
        } catch (UnknownHostException e) {
            lookups.remove(host);
            lookup.completeExceptionally(e);
        }
    }

    /** Starts nothing any more. What runs ends at its deadline. */
    void close() {
        synchronized (waiting) {
            closed = true;
            waiting.clear();
        }
        resolvers.shutdownNow();
    }
}
