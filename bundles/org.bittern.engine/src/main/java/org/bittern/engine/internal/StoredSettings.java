package org.bittern.engine.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.Settings;
import org.bittern.spi.state.SessionState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings in {@code settings.json}: a change is answered when it is there, so that no kill
 * brings an older value back. Thread-safe.
 */
final class StoredSettings {
    private static final Logger log = LoggerFactory.getLogger(StoredSettings.class);

    private final Optional<SessionState> state;
    private final Supplier<Settings> inForce;
    private final SharedWrite file;

    /**
     * @param state empty: nothing outlives the engine
     */
    StoredSettings(
            Optional<SessionState> state, Supplier<Settings> inForce, Surroundings surroundings) {
        this.state = state;
        this.inForce = inForce;
        file = new SharedWrite("bt-settings", surroundings, this::write);
    }

    /**
     * Done when the settings in force are on the disk; fails with DISK if they cannot be written.
     */
    CompletableFuture<Void> save() {
        return state.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : file.wish().exceptionally(StoredSettings::refused);
    }

    /** Done when nothing is being written any more. */
    CompletableFuture<@Nullable Void> settled() {
        return file.settled();
    }

    private void write() throws IOException {
        SessionState open = state.orElseThrow();
        Map<String, Object> stored = open.settings();
        Map<String, Object> all = new LinkedHashMap<>(stored); // keys of others stay as they are
        inForce.get().print(all::put);
        if (!all.equals(stored)) {
            open.saveSettings(all);
        }
    }

    private static Void refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        log.warn("settings could not be stored: {}", cause.getMessage());
        throw new EngineException(
                Code.DISK, "in force, but not stored: " + cause.getMessage(), cause);
    }
}
