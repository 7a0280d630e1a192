package org.bittern.spi.port;

import java.net.InetSocketAddress;
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
}
