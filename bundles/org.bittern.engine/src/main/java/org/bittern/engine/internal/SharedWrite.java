package org.bittern.engine.internal;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file that is written as a whole: one write at a time, and wishes that come while one runs
 * share the next. Thread-safe. A lock and not a loop, because writing blocks; it guards the fields,
 * not the write.
 */
final class SharedWrite {
    private static final Logger log = LoggerFactory.getLogger(SharedWrite.class);

    /** Writes what holds now, and returns when it is on the disk. */
    interface Write {
        void run() throws IOException;
    }

    private final String name;
    private final Surroundings surroundings;
    private final Write write;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private boolean writing;
    private @Nullable CompletableFuture<Void> next; // null unless another write is wanted

    /**
     * @param name of the thread that lives while something is written
     */
    SharedWrite(String name, Surroundings surroundings, Write write) {
        this.name = name;
        this.surroundings = surroundings;
        this.write = write;
    }

    /** Done when what holds now is on the disk; fails if it cannot be written. */
    CompletableFuture<Void> wish() {
        CompletableFuture<Void> mine;
        boolean idle;
        synchronized (this) {
            mine = next == null ? new CompletableFuture<>() : next;
            next = mine;
            last = mine;
            idle = !writing;
            writing = true;
        }
        if (idle) {
            surroundings.startOnFiles(name, this::work);
        }
        return mine;
    }

    /** Done when every wish so far is, however it ended. */
    synchronized CompletableFuture<@Nullable Void> settled() {
        return last.handle((done, failure) -> null);
    }

    private void work() {
        for (var wish = take(); wish != null; wish = take()) {
            try {
                write.run();
                wish.complete(null);
            } catch (IOException e) {
                wish.completeExceptionally(e);
            } catch (RuntimeException e) {
                log.error("{} failed", name, e);
                wish.completeExceptionally(e);
            }
        }
    }

    private synchronized @Nullable CompletableFuture<Void> take() {
        CompletableFuture<Void> wish = next;
        next = null;
        writing = wish != null;
        return wish;
    }
}
