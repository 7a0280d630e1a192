package org.bittern.launcher;

import org.apache.felix.framework.Logger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;

/** Sends the framework's own log to SLF4J; by default it would go to standard output. */
final class FelixLog extends Logger {
    private final org.slf4j.Logger log = LoggerFactory.getLogger("org.apache.felix.framework");

    FelixLog() {
        setLogLevel(LOG_WARNING);
    }

    @Override
    @SuppressWarnings("rawtypes") // The framework overrides with the raw type.
    protected void doLog(
            @Nullable Bundle bundle,
            @Nullable ServiceReference reference,
            int level,
            String message,
            @Nullable Throwable thrown) {
        // A bundle that cannot start is a framework event too, and reported from there.
        int heard = thrown instanceof BundleException ? LOG_DEBUG : level;
        write(heard, bundle == null ? message : bundle + ": " + message, thrown);
    }

    private void write(int level, String message, @Nullable Throwable thrown) {
        switch (level) {
            case LOG_ERROR -> log.error(message, thrown);
            case LOG_WARNING -> log.warn(message, thrown);
            case LOG_INFO -> log.info(message, thrown);
            default -> log.debug(message, thrown);
        }
    }
}
