package org.bittern.spi.filter;

import java.net.InetAddress;
import org.bittern.api.engine.Subscription;
import org.osgi.annotation.versioning.ProviderType;

/** A list of addresses that must not be talked to. Thread-safe and fast: asked for every peer. */
@ProviderType
public interface IpFilter {
    /** Whether an address must not be talked to. */
    boolean blocks(InetAddress address);

    /** Rules in force. */
    int rules();

    /**
     * Tells when the rules changed: connected peers are asked for again.
     *
     * @param changed must return at once
     */
    Subscription onChange(Runnable changed);
}
