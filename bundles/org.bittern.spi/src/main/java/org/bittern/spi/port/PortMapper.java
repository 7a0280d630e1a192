package org.bittern.spi.port;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.Subscription;
import org.osgi.annotation.versioning.ProviderType;

/** Asks the router to forward ports (PCP, NAT-PMP, UPnP). Thread-safe. */
@ProviderType
public interface PortMapper {
    /**
     * Maps a TCP and UDP port and keeps it mapped until the subscription is closed.
     *
     * @param port our real port
     * @param mapped called on a thread of the mapper with each external address gained
     */
    Subscription map(int port, Consumer<InetSocketAddress> mapped);

    /**
     * The same, and no router is asked but on the networks that we are bound to.
     *
     * @param bound at most one IPv4 and one IPv6 address; empty: any
     */
    default Subscription map(
            int port, List<InetAddress> bound, Consumer<InetSocketAddress> mapped) {
        return map(port, mapped);
    }
}
