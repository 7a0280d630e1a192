package org.bittern.spi.discovery;

import java.net.InetSocketAddress;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A source of peers: trackers, DHT or local discovery. Thread-safe. May come and go while torrents
 * run: the engine starts a search with each finder that is there.
 */
@ProviderType
public interface PeerFinder {
    /** Service property: {@code tracker}, {@code dht} or {@code lsd}. */
    String NAME = "bittern.finder";

    /** {@code tracker}, {@code dht} or {@code lsd}. */
    String name();

    /** True when private torrents (BEP 27) may use it: only trackers. */
    boolean allowsPrivate();

    /**
     * Begins to look for peers. Returns at once.
     *
     * @param listener called on {@link SearchSpec#loop}
     */
    Search search(SearchSpec spec, SearchListener listener);

    /**
     * Begins to look for peers, and tells where to begin.
     *
     * @param nodes first DHT nodes, {@code host:port}: those of the settings and of the torrent
     *     file; ignored by others
     */
    default Search search(SearchSpec spec, List<String> nodes, SearchListener listener) {
        return search(spec, listener);
    }

    /** A peer runs a DHT node there (BEP 5, port message). Ignored by others. */
    default void node(InetSocketAddress node) {
        // only a DHT is interested
    }
}
