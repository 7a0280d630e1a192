package org.bittern.api.engine;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the router forwards to us: a service of its own, there while its bundle is. It acts while
 * {@link NetworkSettings#PORT_FORWARDING_ENABLED} is on. Thread-safe; returns at once.
 */
@ProviderType
public interface PortForwarding {
    /** The forwardings that are asked for, one for each of our ports; empty when there are none. */
    List<Forwarding> forwardings();

    /**
     * One of our ports.
     *
     * @param port our own, TCP and UDP
     * @param method {@code pcp}, {@code nat-pmp} or {@code upnp}; empty until one has worked
     * @param externalPort the port that others dial; 0 until there is one
     * @param externalAddress the router's address outside; empty when it does not say
     * @param problem one line, fit for users: why there is none; empty when there is one
     */
    record Forwarding(
            int port,
            String method,
            int externalPort,
            Optional<InetAddress> externalAddress,
            String problem) {}
}
