package org.bittern.engine.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Who leaves a full swarm when a peer dials us: the one of the lowest canonical priority, for a
 * newcomer whose priority is higher (BEP 40). Then swarms of full peers become random graphs in
 * which newcomers find a place. Owned by the torrent's loop.
 *
 * <p>Nobody leaves who is of use: they are chosen from those over whose links nothing has gone for
 * long. Nobody chooses his IPv4 address, and few of its bits count; but who has a network of IPv6
 * chooses half of each address in it, and so any priority. So only one of each network comes in
 * like this, and few come in a minute.
 */
final class Precedence {
    /** From one that leaves to the next. */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What one owner has at least: /24 in IPv4, /48 in IPv6. */
    private static final int IPV4_NETWORK_BYTES = 3;

    private static final int IPV6_NETWORK_BYTES = 6;

    private final Function<InetSocketAddress, OptionalLong> ranks;
    private boolean begun;
    private long usedNanos;

    /**
     * @param ranks the canonical priority of a peer, higher is better; empty when it is unknown
     */
    Precedence(Function<InetSocketAddress, OptionalLong> ranks) {
        this.ranks = ranks;
    }

    /**
     * Who is to leave, if anybody.
     *
     * @param present addresses of all who have a place
     * @param silent those of them who are of no use
     */
    Optional<InetSocketAddress> leaving(
            InetSocketAddress newcomer,
            List<InetSocketAddress> present,
            List<InetSocketAddress> silent,
            long nowNanos) {
        OptionalLong rank = ranks.apply(newcomer);
        if (rank.isEmpty()
                || (begun && nowNanos - usedNanos < PAUSE_NANOS)
                || present.stream().anyMatch(peer -> sameNetwork(peer, newcomer))) {
            return Optional.empty();
        }
        InetSocketAddress lowest = null;
        long least = rank.getAsLong();
        for (InetSocketAddress peer : silent) {
            long other = ranks.apply(peer).orElse(Long.MAX_VALUE);
            if (other < least) {
                lowest = peer;
                least = other;
            }
        }
        return Optional.ofNullable(lowest);
    }

    /** Somebody leaves. */
    void used(long nowNanos) {
        begun = true;
        usedNanos = nowNanos;
    }

    private static boolean sameNetwork(InetSocketAddress one, InetSocketAddress other) {
        byte[] a = network(one.getAddress());
        byte[] b = network(other.getAddress());
        return Arrays.equals(a, b);
    }

    private static byte[] network(InetAddress address) {
        int bytes = address instanceof Inet6Address ? IPV6_NETWORK_BYTES : IPV4_NETWORK_BYTES;
        return Arrays.copyOf(address.getAddress(), bytes);
    }
}
