package org.bittern.spi.net;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Fetches files that the user names by URL, under one policy: http and https only, each address
 * judged after the name lookup and after each redirect, none from the outside to the inside, the
 * same proxy and bind address as everything else. Thread-safe.
 */
@ProviderType
public interface Downloads {
    /**
     * Fetches a file. Blocks.
     *
     * @param maxBytes of the body; more is an error
     * @param within for everything
     * @return bytes written to {@code to}, which stays open; less than all of them on an error
     * @throws IOException one line, fit for users
     */
    long fetch(String url, long maxBytes, Duration within, OutputStream to) throws IOException;
}
