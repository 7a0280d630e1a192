package org.bittern.spi.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Who hears of peers. Called on the torrent's loop. */
public interface SearchListener {
    /**
     * Peers were found, perhaps known ones.
     *
     * @param trusted the source itself is on loopback or is the user: it may name loopback peers
     */
    void found(List<InetSocketAddress> peers, boolean trusted);

    /** The state of a tracker changed. */
    void statusChanged();

    /** Our own address as others see it (BEP 24). */
    void externalAddress(InetAddress address);

    /**
     * How large the swarm is, as many strangers say together (BEP 33).
     *
     * @param downloaders all but the seeds
     */
    default void estimated(int seeds, int downloaders) {
        // of use to those only who show it
    }
}
