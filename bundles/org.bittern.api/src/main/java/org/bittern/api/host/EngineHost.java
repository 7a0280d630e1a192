package org.bittern.api.host;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Owns the one "engine or none" of the process. Thread-safe; stays while the engine is replaced: it
 * then shows none for a moment and afterwards the new one with all torrents.
 */
@ProviderType
public interface EngineHost {

    /** The running engine. Do not keep it beyond one call of your own. */
    Optional<Engine> engine();

    /**
     * The running engine.
     *
     * @throws EngineException ENGINE_NOT_RUNNING
     */
    default Engine require() {
        return engine().orElseThrow(() ->
                new EngineException(
                        EngineException.Code.ENGINE_NOT_RUNNING, "no engine is running"));
    }

    /**
     * Starts an engine and restores its session.
     *
     * <p>Fails with ENGINE_ALREADY_RUNNING, PORT_IN_USE or INVALID_PATH; then there is no new
     * engine.
     */
    CompletionStage<Engine> start(EngineStart start);

    /**
     * Stops the engine: resume data is saved, {@code stopped} announced, ports, files and threads
     * are freed. Fails with ENGINE_NOT_RUNNING.
     */
    CompletionStage<Void> stop();

    /**
     * Tells about each start and stop of an engine.
     *
     * @param listener gets the new engine or empty; called on the host's thread, must return at
     *     once
     */
    Subscription watch(Consumer<Optional<Engine>> listener);

    /**
     * How to start.
     *
     * @param settings what differs from the defaults and from the stored settings
     * @param stateDirectory where the session is kept; empty: nothing outlives the engine
     */
    record EngineStart(Settings settings, Optional<Path> stateDirectory) {}
}
