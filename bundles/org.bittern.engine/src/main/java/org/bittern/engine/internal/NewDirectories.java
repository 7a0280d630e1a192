package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.FileReason;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that a change of settings needs and that are not there yet. Only what is newly
 * set is made: one that was set before and is missing now may be on a disk that is not mounted. Not
 * on a loop.
 */
final class NewDirectories {
    private static final Logger log = LoggerFactory.getLogger(NewDirectories.class);

    /**
     * A setting that names a directory.
     *
     * @param use null when it is always used
     */
    private record Named(Setting<String> path, @Nullable Setting<Boolean> use) {
        boolean newlySet(Settings before, Settings after) {
            boolean moved = !before.get(path).equals(after.get(path));
            boolean begun = use != null && !before.get(use) && after.get(use);
            return (moved || begun) && !after.get(path).isEmpty();
        }
    }

    private static final List<Named> ALL =
            List.of(
                    new Named(EngineSettings.DOWNLOAD_DIR, null),
                    new Named(EngineSettings.INCOMPLETE_DIR, EngineSettings.INCOMPLETE_DIR_ENABLED),
                    new Named(EngineSettings.WATCH_DIR, EngineSettings.WATCH_DIR_ENABLED));

    private final List<Path> made = new ArrayList<>(); // each after the one that it lies in

    private NewDirectories() {}

    /**
     * Makes them, all or none.
     *
     * @throws EngineException INVALID_PATH: one cannot be made
     */
    static NewDirectories made(Settings before, Settings after) {
        NewDirectories directories = new NewDirectories();
        for (Named one : ALL) {
            if (one.newlySet(before, after)) {
                directories.make(one.path().name(), after.get(one.path()));
            }
        }
        return directories;
    }

    private void make(String setting, String path) {
        try {
            Path directory = Path.of(path).toAbsolutePath().normalize();
            List<Path> missing = new ArrayList<>();
            for (Path at = directory; at != null && !Files.exists(at); at = at.getParent()) {
                missing.addFirst(at);
            }
            made.addAll(missing);
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw refusal(setting, path, FileReason.of(e), e);
        } catch (InvalidPathException e) {
            throw refusal(setting, path, e.getReason(), e);
        }
    }

    private EngineException refusal(String setting, String path, String why, Exception cause) {
        undo();
        return new EngineException(
                Code.INVALID_PATH,
                "%s: cannot make the directory %s: %s".formatted(setting, path, why),
                cause);
    }

    /** Deletes what was made: the settings are not put in force. What is not empty stays. */
    void undo() {
        for (Path directory : made.reversed()) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                log.debug("{} stays: {}", directory, e.toString());
            }
        }
    }
}
