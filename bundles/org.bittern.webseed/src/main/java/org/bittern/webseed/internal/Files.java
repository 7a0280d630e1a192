package org.bittern.webseed.internal;

import java.io.IOException;
import java.io.InputStream;

/** Where a server's files come from. Blocks; thread-safe. */
interface Files {
    /**
     * Opens a part of a file.
     *
     * @param length 1 or more; the stream has exactly so many bytes, or fails
     * @throws org.bittern.spi.net.FileParts.NotThere the server does not have it
     */
    InputStream open(String url, long offset, long length) throws IOException;
}
