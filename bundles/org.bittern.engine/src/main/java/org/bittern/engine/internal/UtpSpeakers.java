package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Addresses of a torrent that are known to speak uTP: they dialled us so, we reached them so, or
 * another peer says it (BEP 11). The oldest is forgotten first. Owned by the torrent's loop.
 */
final class UtpSpeakers {
    static final int MOST = 1_000;

    private final Set<InetSocketAddress> known = new LinkedHashSet<>();

    void add(InetSocketAddress address) {
        if (known.add(address) && known.size() > MOST) {
            Iterator<InetSocketAddress> oldest = known.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** It was not reached over uTP, whatever somebody says. */
    void remove(InetSocketAddress address) {
        known.remove(address);
    }

    boolean contains(InetSocketAddress address) {
        return known.contains(address);
    }
}
