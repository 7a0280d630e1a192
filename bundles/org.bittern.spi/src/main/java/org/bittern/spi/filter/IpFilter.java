package org.bittern.spi.filter;

import java.net.InetAddress;
import org.bittern.api.engine.Subscription;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A list of addresses that must not be talked to. Thread-safe and fast: asked for every peer.
 * Whoever asks does so by {@link FiltersInForce}.
 */
@ProviderType
public interface IpFilter {
    /**
     * Whether an address must not be talked to. Answers from memory, with classes that an answer
     * has needed before: it is asked for {@link FiltersInForce#HOLD} after it has left.
     */
    boolean blocks(InetAddress address);

    /**
     * Whether it knows its rules, be they none: false until it has obeyed settings once. Until then
     * one that left is asked as well.
     */
    boolean ready();

    /** Rules in force. */
    int rules();

    /**
     * Tells when the rules changed: connected peers are asked for again.
     *
     * @param changed must return at once
     */
    Subscription onChange(Runnable changed);
}
