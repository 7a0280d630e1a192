package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks up host names. Any thread; returns at once. */
@FunctionalInterface
interface Resolver {
    /**
     * The addresses of a host in the order of the system's preference.
     *
     * @return fails with {@link java.net.UnknownHostException} when there are none
     */
    CompletableFuture<List<InetAddress>> resolve(String host);
}
