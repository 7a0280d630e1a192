package org.bittern.spi.net;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The event loops of the process, one per core. Thread-safe. */
@ProviderType
public interface LoopGroup {
    /** All loops; the list never changes while the service lives. */
    List<EventLoop> loops();

    /** The loop for a new torrent or listener: they are dealt out in turn. */
    EventLoop next();

    /**
     * Makes a token bucket.
     *
     * @param bytesPerSecond 0 = no limit of its own
     * @param parent also asked for every byte, {@link RateLimit#NONE} at the top
     */
    RateBucket bucket(long bytesPerSecond, RateLimit parent);
}
