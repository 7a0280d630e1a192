package org.bittern.spi.state;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** Opens stored sessions. Thread-safe. */
@ProviderType
public interface StateStore {
    /**
     * Opens or makes the session in a directory, and locks it against other processes. Works after
     * the service is gone, too, as long as the classes are there: an engine that is stopped after
     * its store saves there for the last time, and closes the session.
     *
     * @throws IOException the directory cannot be used, or another process uses it
     */
    SessionState open(Path directory) throws IOException;
}
