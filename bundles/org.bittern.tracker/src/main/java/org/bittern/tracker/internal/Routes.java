package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bittern.spi.net.AddressScope;

/**
 * Which of a tracker's addresses we talk to: the one place where that is decided, asked for the
 * first URL and after every redirect. Any thread.
 *
 * <p>A torrent may name any host, and the answer to a request may send us on. Both must not be a
 * way to make us talk to services that only we can reach: a redirect never leads from the outside
 * to the inside, and on this host a torrent may only name what looks like a tracker.
 */
final class Routes {
    /** Addresses of one family that are tried. */
    private static final int MAX_PER_FAMILY = 3;

    private final Predicate<InetAddress> blocked;
    private final Predicate<InetAddress> once;

    /** Routes that avoid blocked addresses. */
    Routes(Predicate<InetAddress> blocked) {
        this(blocked, InetAddress::isLoopbackAddress);
    }

    /**
     * Routes that avoid blocked addresses.
     *
     * @param once where one announce will do: peers on this host reach us over either family
     */
    Routes(Predicate<InetAddress> blocked, Predicate<InetAddress> once) {
        this.blocked = blocked;
        this.once = once;
    }

    /**
     * Whether to announce over the other address family too: a tracker tells IPv4 and IPv6 peers
     * apart by how they come (BEP 7).
     */
    boolean announcesTwice(InetAddress used) {
        return !once.test(used);
    }

    /**
     * The addresses to try in this order, IPv4 first.
     *
     * @param origin who says that we should go there
     * @throws TrackerException none is left: why
     */
    List<InetAddress> allowed(
            TrackerUrl url, List<InetAddress> addresses, Binding bound, Origin origin)
            throws TrackerException {
        List<InetAddress> ipv4 = new ArrayList<>();
        List<InetAddress> ipv6 = new ArrayList<>();
        String refusal = "host has no address";
        for (InetAddress address : addresses) {
            String reason = refusal(url, address, bound, origin);
            List<InetAddress> family = Binding.isIpv4(address) ? ipv4 : ipv6;
            if (!reason.isEmpty()) {
                refusal = reason;
            } else if (family.size() < MAX_PER_FAMILY) {
                family.add(address);
            }
        }
        ipv4.addAll(ipv6);
        if (ipv4.isEmpty()) {
            throw new TrackerException(refusal);
        }
        return ipv4;
    }

    /**
     * Judges a name that only a proxy looks up: its address stays unknown here.
     *
     * @throws TrackerException it is a name of the proxy's own host
     */
    void requireAllowedName(TrackerUrl url, Origin origin) throws TrackerException {
        boolean own = url.host().equals("localhost") || url.host().endsWith(".localhost");
        boolean asked =
                origin instanceof Origin.Named && (!url.scheme().isHttp() || isTracker(url));
        if (own && !asked) {
            throw new TrackerException("on this host only a path that ends in announce is asked");
        }
    }

    private String refusal(TrackerUrl url, InetAddress address, Binding bound, Origin origin) {
        AddressScope scope = AddressScope.of(address);
        if (scope == AddressScope.NONE) {
            return "host has no usable address";
        }
        if (!bound.reaches(address)) {
            return "host has no address of the family that we are bound to";
        }
        if (blocked.test(address)) {
            return "address is blocked";
        }
        return switch (origin) {
            case Origin.Named _ ->
                    scope == AddressScope.LOOPBACK && url.scheme().isHttp() && !isTracker(url)
                            ? "on this host only a path that ends in announce is asked"
                            : "";
            case Origin.Redirected(AddressScope from) ->
                    from.isOutside(scope) ? "redirect from outside into a local network" : "";
        };
    }

    private static boolean isTracker(TrackerUrl url) {
        String path = url.path();
        return url.isAnnounce() || path.startsWith("scrape", path.lastIndexOf('/') + 1);
    }

    /** Who says that we should talk to a host. */
    sealed interface Origin {
        /** The torrent or the user. */
        record Named() implements Origin {}

        /**
         * A server.
         *
         * @param from where that server is
         */
        record Redirected(AddressScope from) implements Origin {}
    }
}
