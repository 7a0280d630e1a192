package org.bittern.api.engine;

import java.io.IOException;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads files that a user names by URL, the way that the engine's settings say: through its proxy,
 * from its addresses, not at all while the interface to bind to is missing. Thread-safe.
 */
@ProviderType
public interface UrlReader {
    /**
     * Reads a whole file; blocks.
     *
     * @param url http or https
     * @param cookies {@code n1=v1; n2=v2}, told to the host of the URL only; may be empty
     * @param maxBytes more is an error
     * @param within for everything
     * @throws Refused when the server answers with another status than 200
     * @throws IOException one line, fit for users
     */
    byte[] read(String url, String cookies, int maxBytes, Duration within) throws IOException;

    /** A server that answers, but not with the file. */
    final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        /**
         * @param status of HTTP
         */
        public Refused(int status) {
            super("the server answers with status " + status);
            this.status = status;
        }

        /** The status of HTTP. */
        public int status() {
            return status;
        }
    }
}
