package org.bittern.peer.internal.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;

/**
 * Where a link takes its memory. When there is none the link that wants it fails as if its
 * connection were lost, and nothing else: the torrent it belongs to did nothing wrong.
 */
final class LinkMemory {
    private static final String NONE = "no memory is left";

    private LinkMemory() {}

    /**
     * A buffer with one reference.
     *
     * @throws IOException the pool is used up
     */
    static PooledBuffer take(BufferPool pool, int bytes) throws IOException {
        try {
            return pool.take(bytes);
        } catch (IllegalStateException e) {
            throw new IOException(NONE, e);
        }
    }

    /**
     * The same where frames are put together or taken apart; {@link Link} knows of it.
     *
     * @throws UncheckedIOException the pool is used up
     */
    static PooledBuffer need(BufferPool pool, int bytes) {
        try {
            return take(pool, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(NONE, e);
        }
    }
}
