package org.bittern.disk.file.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers callbacks of one turn of a disk thread, so that the loop is woken once for all of them.
 * Owned by that turn; not thread-safe.
 */
final class Completions {
    private static final Logger log = LoggerFactory.getLogger(Completions.class);

    private final Executor loop;
    private List<Runnable> batch = new ArrayList<>();

    Completions(Executor loop) {
        this.loop = loop;
    }

    void add(Runnable callback) {
        batch.add(callback);
    }

    /** Hands everything to the loop. */
    void post() {
        if (batch.isEmpty()) {
            return;
        }
        List<Runnable> full = batch;
        batch = new ArrayList<>();
        post(loop, () -> full.forEach(Runnable::run));
    }

    /**
     * Hands one callback to a loop.
     *
     * @return false when the loop has ended
     */
    static boolean post(Executor loop, Runnable callback) {
        try {
            loop.execute(callback);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("a loop has ended before its disk work: {}", e.getMessage());
            return false;
        }
    }
}
