package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.peer.PeerMessage;

/**
 * What one peer can do for us as an introducer (BEP 55): whether it speaks of it, whom it named
 * last, how often it bothered us. Owned by the torrent's loop.
 */
final class Introductions {
    /** Addresses that are kept; the oldest is forgotten first. */
    static final int MOST_NAMED = 200;

    /** Messages of a peer that are looked at in a minute. */
    static final int MOST_IN_MINUTE = 20;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Set<InetSocketAddress> named = new LinkedHashSet<>(0);
    private boolean offered;
    private boolean counting; // a minute has begun
    private long minuteBegan;
    private int inMinute;

    /** The peer offers ut_holepunch, or no longer. */
    void offered(boolean now) {
        offered = now;
    }

    /** Whether it understands us. */
    boolean offered() {
        return offered;
    }

    /** It told of others, so it is connected with them. */
    void named(List<PeerMessage.PexPeer> others) {
        if (!offered) {
            return;
        }
        for (PeerMessage.PexPeer other : others) {
            named.add(other.address());
            if (named.size() > MOST_NAMED) {
                Iterator<InetSocketAddress> oldest = named.iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    /** It told that it has lost others. */
    void dropped(List<InetSocketAddress> others) {
        others.forEach(named::remove);
    }

    /** Whether it can introduce us to this peer. */
    boolean knows(InetSocketAddress other) {
        return offered && named.contains(other);
    }

    /** Whether another message of it may be looked at. */
    boolean admits(long nowNanos) {
        if (!counting || nowNanos - minuteBegan >= MINUTE_NANOS) {
            counting = true;
            minuteBegan = nowNanos;
            inMinute = 0;
        }
        return ++inMinute <= MOST_IN_MINUTE;
    }
}
