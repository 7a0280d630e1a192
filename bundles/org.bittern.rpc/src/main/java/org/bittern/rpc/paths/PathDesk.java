package org.bittern.rpc.paths;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files for callers who must not hang with them. A path may lead to a file system that
 * does not answer, and nothing ends a system call that waits for it: so each look has a thread of
 * its own, the caller goes when its time is over, and the thread ends when the system lets it.
 *
 * <p>Threads are few: {@value #MAX_THREADS}, of which paths with the same first two names (such as
 * {@code /mnt/nas}) get one half. However often somebody asks for a directory that hangs, the
 * others are still looked at. They are platform threads, as a virtual one would hold on to one of
 * the few carriers of all others. Thread-safe: what is counted here is under one lock, since
 * callers are threads of requests and have no loop.
 */
public final class PathDesk implements AutoCloseable {
    /** Looks at a time. */
    public static final int MAX_THREADS = 16;

    private static final int MAX_NEAR = MAX_THREADS / 2;
    private static final int NEAR_NAMES = 2;

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<Path, Integer> near = new HashMap<>();
    private final Set<FutureTask<?>> running = new HashSet<>();
    private boolean closed;

    /**
     * A desk without callers.
     *
     * @param name of its threads
     */
    public PathDesk(String name) {
        this.name = name;
    }

    /**
     * What is done on a thread of the desk.
     *
     * @param <T> what it finds
     */
    @FunctionalInterface
    public interface Look<T extends @Nullable Object> {
        /** Looks; an interrupt means that nobody waits any more. */
        T look() throws IOException, RpcException;
    }

    /**
     * Looks, and waits for what is found.
     *
     * @param path where
     * @param limit how long the caller waits at most
     * @throws RpcException what the file system says, or "path unreachable" when the time is over
     */
    public <T extends @Nullable Object> T ask(Path path, Duration limit, Look<T> look)
            throws RpcException {
        Path quarter = quarter(path);
        FutureTask<T> task = new FutureTask<>(look::look);
        try {
            long nanos = enter(quarter, task, limit.toNanos());
            Thread.ofPlatform()
                    .daemon()
                    .name(name)
                    .start(() -> {
                        try {
                            task.run();
                        } finally {
                            leave(quarter, task);
                        }
                    });
            return task.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw Problem.PATH_UNREACHABLE.refusal("no answer within " + limit.toMillis() + " ms");
        } catch (CancellationException e) {
            throw Problem.PATH_UNREACHABLE.refusal("the service ends");
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw Problem.PATH_UNREACHABLE.refusal("the service ends");
        } catch (ExecutionException e) {
            throw refusal(e);
        }
    }

    /** Callers who wait are refused, threads are interrupted. Idempotent; returns at once. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            running.forEach(task -> task.cancel(true));
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a place; how much of the time is left then. */
    private long enter(Path quarter, FutureTask<?> task, long limitNanos)
            throws InterruptedException, RpcException {
        lock.lock();
        try {
            long nanos = limitNanos;
            while (!closed
                    && (running.size() >= MAX_THREADS
                            || near.getOrDefault(quarter, 0) >= MAX_NEAR)) {
                if (nanos <= 0) {
                    throw Problem.PATH_UNREACHABLE.refusal("too many calls wait for their files");
                }
                nanos = freed.awaitNanos(nanos);
            }
            if (closed) {
                throw Problem.PATH_UNREACHABLE.refusal("the service ends");
            }
            running.add(task);
            near.merge(quarter, 1, Integer::sum);
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Path quarter, FutureTask<?> task) {
        lock.lock();
        try {
            running.remove(task);
            near.computeIfPresent(quarter, (same, count) -> count == 1 ? null : count - 1);
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Path quarter(Path path) {
        Path plain = path.normalize();
        Path root = plain.getRoot();
        int names = Math.min(NEAR_NAMES, plain.getNameCount());
        if (root == null || names == 0) {
            return plain;
        }
        return root.resolve(plain.subpath(0, names));
    }

    private static RpcException refusal(ExecutionException failure) {
        return switch (failure.getCause()) {
            case RpcException e -> e;
            case IOException e -> PathTrouble.of(e);
            case null, default ->
                    throw new IllegalStateException("looking at a path", failure.getCause());
        };
    }
}
