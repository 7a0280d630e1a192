package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.Egress;
import org.jspecify.annotations.Nullable;

/** Fetches a URL of a tracker and follows redirects. Blocks; immutable. */
final class HttpFetcher {
    /** Redirects that are followed. */
    static final int MAX_REDIRECTS = 5;

    private final Resolver resolver;
    private final Routes routes;
    private final HttpConnection connection;
    private final Egress egress;

    HttpFetcher(Resolver resolver, Routes routes, HttpConnection connection, Egress egress) {
        this.egress = egress;
        this.resolver = resolver;
        this.routes = routes;
        this.connection = connection;
    }

    /**
     * What to fetch.
     *
     * @param parameters what to add to the query of {@code url}, by the address of the server; null
     *     behind a proxy
     * @param family which addresses to use
     */
    record Fetch(
            TrackerUrl url,
            Function<@Nullable InetAddress, String> parameters,
            Binding bound,
            Predicate<InetAddress> family,
            Deadline deadline) {}

    /**
     * What was fetched.
     *
     * @param first the address that the URL led to; null where only the proxy knows it
     * @param last the address that answered, another one after redirects; null likewise
     * @param others the host is to be asked over the other address family too
     */
    record Fetched(
            HttpReply reply,
            @Nullable InetAddress first,
            @Nullable InetAddress last,
            boolean others) {

        /** The one that answered is on this host, or on the proxy's, which the user trusts. */
        boolean isLocal() {
            return last != null && last.isLoopbackAddress();
        }
    }

    /**
     * Fetches.
     *
     * @throws TrackerException there was no answer; an answer of any status is none
     */
    Fetched fetch(Fetch what) throws TrackerException {
        boolean proxied = egress.route().proxy().isPresent();
        TrackerUrl url = what.url;
        List<InetSocketAddress> addresses = reachable(url, what, new Routes.Origin.Named());
        HttpConnection.Server server = connect(addresses, what);
        InetAddress first = server.address();
        boolean others =
                !proxied
                        && first != null
                        && routes.announcesTwice(first)
                        && addresses.stream()
                                .anyMatch(other -> !Binding.sameFamily(other.getAddress(), first));
        String parameters = what.parameters.apply(proxied ? null : first);
        HttpReply reply = ask(url, url.targetWith(parameters), server, what);
        for (int i = 0; reply.isRedirect() && reply.location().isPresent(); i++) {
            if (i == MAX_REDIRECTS) {
                throw new TrackerException("more than " + MAX_REDIRECTS + " redirects");
            }
            url = url.redirected(reply.location().get());
            addresses = reachable(url, what, new Routes.Origin.Redirected(server.scope()));
            server = connect(addresses, what);
            reply = ask(url, url.target(), server, what);
        }
        return new Fetched(reply, first, server.address(), others);
    }

    private HttpReply ask(TrackerUrl url, String target, HttpConnection.Server server, Fetch what)
            throws TrackerException {
        return connection.get(url, target, server.socket(), what.deadline);
    }

    private HttpConnection.Server connect(List<InetSocketAddress> addresses, Fetch what)
            throws TrackerException {
        List<InetSocketAddress> wanted =
                addresses.stream()
                        .filter(a -> a.isUnresolved() || what.family.test(a.getAddress()))
                        .toList();
        return connection.connect(wanted, what.bound, what.deadline);
    }

    /** Where to connect to, judged. Behind a proxy a name stays a name. */
    private List<InetSocketAddress> reachable(TrackerUrl url, Fetch what, Routes.Origin origin)
            throws TrackerException {
        if (egress.route().proxy().isPresent() && !Literals.isLiteral(url.host())) {
            routes.requireAllowedName(url, origin);
            return List.of(InetSocketAddress.createUnresolved(url.host(), url.port()));
        }
        return resolved(url, what, origin).stream()
                .map(address -> new InetSocketAddress(address, url.port()))
                .toList();
    }

    private List<InetAddress> resolved(TrackerUrl url, Fetch what, Routes.Origin origin)
            throws TrackerException {
        try {
            List<InetAddress> found =
                    resolver.resolve(url.host())
                            .get(what.deadline.millisLeft(), TimeUnit.MILLISECONDS);
            return routes.allowed(url, found, what.bound, origin);
        } catch (ExecutionException e) {
            throw new TrackerException("host name not found", e);
        } catch (TimeoutException e) {
            throw new TrackerException("no answer from the name server", e);
        } catch (SocketTimeoutException e) {
            throw new TrackerException("timed out", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrackerException("interrupted", e);
        }
    }
}
