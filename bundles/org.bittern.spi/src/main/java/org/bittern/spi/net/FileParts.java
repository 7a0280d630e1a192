package org.bittern.spi.net;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Fetches parts of files that torrents name by URL, under the policy of {@link Downloads}, which is
 * stricter for them: on this host and in local networks only a URL without a query is asked, so
 * that strangers cannot make us press buttons there. Thread-safe.
 */
@ProviderType
public interface FileParts {
    /**
     * Opens a part of a file. Blocks.
     *
     * @param offset of the first byte
     * @param length 1 or more; the stream has exactly so many bytes, or fails
     * @param patience for the answer to begin, and then for each read
     * @throws NotThere the server answers, but not with the part
     * @throws IOException one line, fit for users
     */
    InputStream part(String url, long offset, long length, Duration patience) throws IOException;

    /** Begins to fetch parts one after the other. */
    Visit visit();

    /**
     * Parts that are fetched one after the other: a connection serves the next one as well when its
     * server lets it, and what was found behind a redirect is looked for there again.
     */
    @ProviderType
    interface Visit extends AutoCloseable {
        /**
         * Opens a part of a file as {@link FileParts#part} does. Blocks; the part before is closed.
         */
        InputStream part(String url, long offset, long length, Duration patience)
                throws IOException;

        /** Lets go of what is kept. Any thread; may block for a moment. */
        @Override
        void close() throws IOException;
    }

    /** The server answered, and will hardly answer otherwise the next time. */
    final class NotThere extends IOException {
        private static final long serialVersionUID = 1;

        public NotThere(String message) {
            super(message);
        }
    }
}
