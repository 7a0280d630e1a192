package org.bittern.spi.state;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** Opens stored sessions. Thread-safe. */
@ProviderType
public interface StateStore {
    /**
     * Opens or makes the session in a directory, and locks it against other processes.
     *
     * @throws IOException the directory cannot be used, or another process uses it
     */
    SessionState open(Path directory) throws IOException;
}
