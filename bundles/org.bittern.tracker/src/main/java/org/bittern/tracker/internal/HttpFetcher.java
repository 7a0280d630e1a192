package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bittern.spi.net.AddressScope;

/** Fetches a URL of a tracker and follows redirects. Blocks; immutable. */
final class HttpFetcher {
    /** Redirects that are followed. */
    static final int MAX_REDIRECTS = 5;

    private final Resolver resolver;
    private final Routes routes;
    private final HttpConnection connection;

    HttpFetcher(Resolver resolver, Routes routes, HttpConnection connection) {
        this.resolver = resolver;
        this.routes = routes;
        this.connection = connection;
    }

    /**
     * What to fetch.
     *
     * @param parameters what to add to the query of {@code url}, by the address of the server
     * @param family which addresses to use
     */
    record Fetch(
            TrackerUrl url,
            Function<InetAddress, String> parameters,
            Binding bound,
            Predicate<InetAddress> family,
            Deadline deadline) {}

    /**
     * What was fetched.
     *
     * @param first the address that the URL led to
     * @param last the address that answered, another one after redirects
     * @param others the host is to be asked over the other address family too
     */
    record Fetched(HttpReply reply, InetAddress first, InetAddress last, boolean others) {}

    /**
     * Fetches.
     *
     * @throws TrackerException there was no answer; an answer of any status is none
     */
    Fetched fetch(Fetch what) throws TrackerException {
        TrackerUrl url = what.url;
        List<InetAddress> addresses = resolved(url, what, new Routes.Origin.Named());
        Socket socket = connect(url, addresses, what);
        InetAddress first = socket.getInetAddress();
        boolean others =
                routes.announcesTwice(first)
                        && addresses.stream()
                                .anyMatch(address -> !Binding.sameFamily(address, first));
        InetAddress last = first;
        HttpReply reply = ask(url, url.targetWith(what.parameters.apply(first)), socket, what);
        for (int i = 0; reply.isRedirect() && reply.location().isPresent(); i++) {
            if (i == MAX_REDIRECTS) {
                throw new TrackerException("more than " + MAX_REDIRECTS + " redirects");
            }
            url = url.redirected(reply.location().get());
            AddressScope from = AddressScope.of(last);
            addresses = resolved(url, what, new Routes.Origin.Redirected(from));
            socket = connect(url, addresses, what);
            last = socket.getInetAddress();
            reply = ask(url, url.target(), socket, what);
        }
        return new Fetched(reply, first, last, others);
    }

    private HttpReply ask(TrackerUrl url, String target, Socket socket, Fetch what)
            throws TrackerException {
        return connection.get(url, target, socket, what.deadline);
    }

    private Socket connect(TrackerUrl url, List<InetAddress> addresses, Fetch what)
            throws TrackerException {
        List<InetAddress> wanted = addresses.stream().filter(what.family).toList();
        return connection.connect(wanted, url.port(), what.bound, what.deadline);
    }

    private List<InetAddress> resolved(TrackerUrl url, Fetch what, Routes.Origin origin)
            throws TrackerException {
        try {
            List<InetAddress> found =
                    resolver.resolve(url.host())
                            .get(what.deadline.remainingMillis(), TimeUnit.MILLISECONDS);
            return routes.allowed(url, found, what.bound, origin);
        } catch (ExecutionException e) {
            throw new TrackerException("host name not found", e);
        } catch (TimeoutException e) {
            throw new TrackerException("no answer from the name server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrackerException("interrupted", e);
        }
    }
}
