package org.bittern.remote.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.bittern.terminal.CommandFailure;

/** A directory on the daemon's machine. */
final class DaemonPath {
    private DaemonPath() {}

    /**
     * Makes it absolute, as the daemon has a current directory of its own.
     *
     * @throws CommandFailure it is relative, and the daemon runs elsewhere
     */
    static String of(String text, DaemonPlace place) {
        try {
            Path path = Path.of(text);
            if (!place.local()) {
                // Of another machine, perhaps another system: it is the daemon that judges it.
                if (path.isAbsolute() || text.matches("[A-Za-z]:[/\\\\].*")) {
                    return text;
                }
                throw new CommandFailure(
                        "'" + text + "': a daemon elsewhere needs the whole path, from its root");
            }
            return path.toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw new CommandFailure("'" + text + "' is no path", e);
        }
    }
}
