package org.bittern.spi.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.bittern.api.engine.Settings;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A bundle that obeys settings of the session by itself, beside what it provides to the engine. It
 * registers this as a service and is told by every session.
 */
@ConsumerType
public interface SessionPart {
    /**
     * These settings are in force: told before the session opens its first socket, after each
     * change, and when the part comes while a session runs. One call at a time, never on a loop.
     *
     * @param settings complete
     * @param directory where the session keeps its files; empty when nothing outlives the engine
     */
    void obey(Settings settings, Optional<Path> directory);
}
