package org.bittern.engine.internal;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.state.SessionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of a session as a whole, in {@code state.json}: order of the queue, labels, groups,
 * statistics. Thread-safe.
 */
final class Ledger {
    private static final Logger log = LoggerFactory.getLogger(Ledger.class);

    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Optional<SessionState> state;
    private final SharedWrite file;
    private final Map<String, Object> stored; // of sections that nobody has named yet
    private final Map<String, Supplier<Object>> sections = new LinkedHashMap<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param state empty: nothing outlives the engine
     */
    Ledger(Optional<SessionState> state, Surroundings surroundings) {
        this.state = state;
        file = new SharedWrite("bt-ledger", surroundings, this::write);
        stored = read(state);
    }

    private static Map<String, Object> read(Optional<SessionState> state) {
        if (state.isEmpty()) {
            return new HashMap<>();
        }
        try {
            return new HashMap<>(state.get().ledger());
        } catch (IOException e) {
            log.warn("the ledger of the session cannot be read: {}", e.getMessage());
            return new HashMap<>();
        }
    }

    /** What the earlier run left in a section that is not named yet; empty: nothing. */
    synchronized Optional<Object> stored(String section) {
        return Optional.ofNullable(stored.get(section));
    }

    /** Names what is written to a section from now on; called on the ledger's thread. */
    synchronized void section(String name, Supplier<Object> content) {
        sections.put(name, content);
        stored.remove(name); // of many torrents it is long
    }

    /** Writes soon; done when what holds now is on the disk, or cannot be written. */
    CompletableFuture<Void> save() {
        if (state.isEmpty() || closed) {
            return CompletableFuture.completedFuture(null);
        }
        return file.wish();
    }

    /** Writes for the last time; later wishes are void. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> last = save();
        closed = true;
        return last;
    }

    /** The session never began: what the earlier one left stays as it is. */
    void abandon() {
        closed = true;
    }

    /** Writes in a while: many small changes share it. */
    void saveSoon(EventLoop loop) {
        if (state.isPresent() && due.compareAndSet(false, true)) {
            loop.schedule(
                    SOON_NANOS,
                    () -> {
                        due.set(false);
                        var _ = save();
                    });
        }
    }

    private void write() {
        Map<String, Object> all;
        Map<String, Supplier<Object>> known;
        synchronized (this) {
            all = new LinkedHashMap<>(stored); // keys of others stay as they are
            known = new LinkedHashMap<>(sections);
        }
        known.forEach((name, content) -> all.put(name, content.get()));
        try {
            state.orElseThrow().saveLedger(all);
        } catch (IOException e) {
            log.warn("the ledger of the session cannot be stored: {}", e.getMessage());
        }
    }
}
