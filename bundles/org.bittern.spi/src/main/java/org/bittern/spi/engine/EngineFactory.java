package org.bittern.spi.engine;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.spi.state.SessionState;
import org.osgi.annotation.versioning.ProviderType;

/** Makes engines. {@link #start} is called by one thread at a time. */
@ProviderType
public interface EngineFactory {
    /**
     * Starts an engine: listens, restores the torrents of the session. May block on disk and
     * network; never called on a loop.
     *
     * @param settings complete settings
     * @param state the stored session, empty for an engine that leaves nothing behind. It stays the
     *     caller's to close, after the engine is closed
     * @param succession what the engine before has left
     * @throws EngineException PORT_IN_USE, INVALID_PATH
     */
    Running start(Settings settings, Optional<SessionState> state, Succession succession);

    /**
     * No engine is wanted of this factory any more: a start that waits for parts which are not
     * there yet fails at once. Any thread.
     */
    default void retire() {}

    /** An engine and the means to end it. Thread-safe. */
    interface Running {
        /** What callers get. */
        Engine engine();

        /**
         * Saves resume data, announces {@code stopped}, closes links, files and timers. Idempotent.
         * Completes within {@value #CLOSE_SECONDS} seconds whatever peers and trackers do.
         */
        CompletionStage<Void> close();

        /**
         * As {@link #close}, for an engine that another one succeeds in the same process: links
         * that can be are left in its {@link Succession}.
         */
        default CompletionStage<Void> suspend() {
            return close();
        }

        /** Time limit of {@link #close} and {@link #suspend}. */
        int CLOSE_SECONDS = 4;
    }
}
