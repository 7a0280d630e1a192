package org.bittern.remote.internal;

import java.nio.file.Path;
import java.util.Map;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;

/**
 * What all commands share.
 *
 * @param data directory in which a daemon of this machine leaves its {@code connection.json}
 * @param environment of the process
 * @param stop asked when the process is being stopped
 */
record Remote(Terminal terminal, Path data, Map<String, String> environment, Stop stop) {
    Remote {
        environment = Map.copyOf(environment);
    }
}
