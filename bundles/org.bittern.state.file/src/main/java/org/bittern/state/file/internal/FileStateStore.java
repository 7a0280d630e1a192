package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.spi.state.SessionState;
import org.bittern.spi.state.StateStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Sessions in directories. Thread-safe. */
@Component
public final class FileStateStore implements StateStore {
    private final Set<FileSession> sessions = ConcurrentHashMap.newKeySet();
    private final FileOps ops = new DiskFileOps();

    @Activate
    public FileStateStore() {
        // nothing to configure: the caller names the directory
    }

    @Override
    public SessionState open(Path directory) throws IOException {
        FileSession session = new FileSession(directory, ops);
        sessions.removeIf(FileSession::isClosed);
        sessions.add(session);
        return session;
    }

    /**
     * Unlocks what was not closed, so that the next generation of this bundle can open it. An
     * engine that is stopped later may open it once more here.
     */
    @Deactivate
    void stop() {
        sessions.forEach(FileSession::abandon);
        sessions.clear();
    }
}
