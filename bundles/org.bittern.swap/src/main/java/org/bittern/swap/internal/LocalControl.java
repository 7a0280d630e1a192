package org.bittern.swap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands of the user that the process runs as, at {@code control/socket} in the data
 * directory. {@code ./bittern swap} and {@code ./bittern control} speak to it.
 */
@Component(
        service = {},
        immediate = true)
public final class LocalControl {
    private static final Logger log = LoggerFactory.getLogger(LocalControl.class);

    /** Framework property of the launcher. */
    private static final String DATA = "bittern.data";

    private final @Nullable ControlSocket socket; // null when there is no place for it

    /** Begins to listen; the process is of use without that, too. */
    @Activate
    public LocalControl(BundleContext context) {
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA), "."));
        socket = open(data.resolve("control"), new CommandServices(context));
    }

    private static @Nullable ControlSocket open(Path folder, CommandServices commands) {
        try {
            return ControlSocket.open(folder, commands::run);
        } catch (IOException | UnsupportedOperationException e) {
            log.warn("no local commands at {}: {}", folder, e.getMessage());
            return null;
        }
    }

    @Deactivate
    void close() {
        if (socket != null) {
            socket.close();
        }
    }
}
