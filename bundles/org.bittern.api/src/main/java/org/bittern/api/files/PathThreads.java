package org.bittern.api.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what touches the files of paths that users name. Thread-safe.
 *
 * <p>A path may lead to a file system that does not answer, and nothing ends a system call that
 * waits for it. A virtual thread would hold on to its carrier meanwhile, of which there are as many
 * as processors (JDK 25 makes up for none of these calls): so these are platform threads, made when
 * there is something to do and gone soon after.
 *
 * <p>Paths with the same first {@value #NEAR_NAMES} names, such as {@code /run/media/me}, share a
 * few threads: however many tasks hang in one file system, those of others are run. What has no
 * thread yet waits in order and costs none.
 */
public final class PathThreads {
    /** Tasks near each other that are run at a time. */
    public static final int MAX_NEAR = 4;

    private static final int NEAR_NAMES = 3;

    /** Places with threads of their own; later ones share. */
    private static final int MAX_PLACES = 1_000;

    private static final long IDLE_SECONDS = 5;

    private final Map<Path, Executor> places = new ConcurrentHashMap<>();
    private final String name;

    /**
     * Without a thread.
     *
     * @param name of the threads
     */
    public PathThreads(String name) {
        this.name = name;
    }

    /**
     * The threads for tasks that touch what this path leads to. They take every task.
     *
     * @param path need not exist
     */
    public Executor near(Path path) {
        Path place = place(path);
        Executor known = places.get(place);
        if (known != null) {
            return known;
        }
        Path free = places.size() < MAX_PLACES ? place : Path.of("");
        return places.computeIfAbsent(free, _ -> pool());
    }

    private static Path place(Path path) {
        Path plain = path.toAbsolutePath().normalize();
        int names = Math.min(NEAR_NAMES, plain.getNameCount());
        return names == 0 ? plain : plain.subpath(0, names);
    }

    private Executor pool() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        MAX_NEAR,
                        MAX_NEAR,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name(name).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
