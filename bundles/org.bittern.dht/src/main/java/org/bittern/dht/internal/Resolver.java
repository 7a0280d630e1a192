package org.bittern.dht.internal;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** Looks up host names without keeping anybody waiting. Thread-safe. */
interface Resolver {
    /**
     * Looks up.
     *
     * @param names {@code host:port}; what has no address is left out, and what only a proxy may
     *     look up stays unresolved
     * @param done called on any thread
     */
    void resolve(List<String> names, Consumer<List<InetSocketAddress>> done);
}
