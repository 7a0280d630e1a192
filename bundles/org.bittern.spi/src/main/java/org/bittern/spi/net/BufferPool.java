package org.bittern.spi.net;

import org.osgi.annotation.versioning.ProviderType;

/** Reference-counted direct memory, bounded and reused. Thread-safe. */
@ProviderType
public interface BufferPool {
    /** Largest size that {@link #take} hands out in one piece, in bytes. */
    int MAX_BYTES = 1 << 18;

    /**
     * A buffer with one reference, position 0 and limit {@code bytes}.
     *
     * @param bytes 1 to {@link #MAX_BYTES}
     */
    PooledBuffer take(int bytes);

    /** Bytes handed out and not released. */
    long usedBytes();
}
