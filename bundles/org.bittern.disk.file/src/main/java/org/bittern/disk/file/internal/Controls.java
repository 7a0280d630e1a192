package org.bittern.disk.file.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.bittern.spi.disk.DiskResult;

/**
 * Does operations on whole files one after the other, off the loop, on threads for what may take
 * long. Owned by the torrent's loop; not thread-safe.
 */
final class Controls {
    /** Work that may block. */
    @FunctionalInterface
    interface Job<T> {
        DiskResult<T> run() throws IOException;
    }

    /** Work that may block, whose end is all there is to tell. */
    @FunctionalInterface
    interface Deed {
        void run() throws IOException;

        default Job<Void> asJob() {
            return () -> {
                run();
                return Results.DONE;
            };
        }
    }

    private final TorrentDisk disk;
    private final Deque<Runnable> waiting = new ArrayDeque<>(1); // mostly empty
    private boolean busy;

    Controls(TorrentDisk disk) {
        this.disk = disk;
    }

    /**
     * Queues an operation.
     *
     * @param before runs on the loop when it is this operation's turn; gets what begins it
     */
    <T> void add(Consumer<Runnable> before, Job<T> job, Consumer<DiskResult<T>> done) {
        waiting.add(() -> before.accept(() -> begin(disk.route()::bulk, job, done)));
        next();
    }

    /**
     * Queues an operation.
     *
     * @param threads run it; called on the loop
     */
    <T> void addOn(Executor threads, Job<T> job, Consumer<DiskResult<T>> done) {
        waiting.add(() -> begin(threads, job, done));
        next();
    }

    private <T> void begin(Executor threads, Job<T> job, Consumer<DiskResult<T>> done) {
        threads.execute(() -> {
            DiskResult<T> result = run(job);
            Completions.post(disk.loop(), () -> end(done, result));
        });
    }

    private <T> DiskResult<T> run(Job<T> job) {
        try {
            return job.run();
        } catch (IOException e) {
            return Results.failed(e, disk.layout().volume, disk.layout().directory());
        } catch (RuntimeException e) {
            return Results.fault(e);
        }
    }

    private <T> void end(Consumer<DiskResult<T>> done, DiskResult<T> result) {
        busy = false;
        next();
        done.accept(result);
    }

    private void next() {
        if (!busy) {
            Runnable first = waiting.poll();
            if (first != null) {
                busy = true;
                first.run();
            }
        }
    }
}
