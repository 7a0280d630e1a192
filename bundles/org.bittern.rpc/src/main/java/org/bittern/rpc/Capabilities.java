package org.bittern.rpc;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Announces in {@code tt-get-capabilities} what a bundle adds to Transmission's RPC: a service of
 * the bundle that does it, so that the name goes when the bundle goes. Thread-safe.
 */
@ConsumerType
public interface Capabilities {
    /**
     * Asked at each probe.
     *
     * @return names such as {@code fs-browse}: what works at this moment, nothing else; may be
     *     empty
     */
    List<String> features();
}
