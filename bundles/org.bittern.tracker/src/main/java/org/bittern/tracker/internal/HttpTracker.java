package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.bittern.metainfo.HostPort;
import org.bittern.spi.net.AddressScope;
import org.bittern.spi.net.Deadline;

/** Announces and scrapes over HTTP and HTTPS, each on a virtual thread. Thread-safe. */
final class HttpTracker implements Announcer {
    private final Workers workers;
    private final Resolver resolver;
    private final HttpFetcher fetcher;
    private final Timeouts timeouts;

    /**
     * How long an exchange may take with all its redirects.
     *
     * @param names of all host names of peers in one answer
     */
    record Timeouts(Duration exchange, Duration goodbye, Duration names) {}

    HttpTracker(Workers workers, Resolver resolver, HttpFetcher fetcher, Timeouts timeouts) {
        this.workers = workers;
        this.resolver = resolver;
        this.fetcher = fetcher;
        this.timeouts = timeouts;
    }

    @Override
    public void announce(TrackerUrl url, AnnounceRequest request, Hearing hearing) {
        Runnable task = () -> run(url, request, hearing);
        if (request.patience() == Patience.GOODBYE) {
            workers.start("tracker-goodbye", task); // not behind others that may be hanging
        } else {
            workers.exchange(task);
        }
    }

    private void run(TrackerUrl url, AnnounceRequest request, Hearing hearing) {
        boolean leaving = request.patience() == Patience.GOODBYE;
        Outcome outcome = new Outcome.Failure("failed for a reason of our own");
        boolean trusted = false;
        InetAddress others = null;
        try {
            HttpFetcher.Fetched fetched = fetcher.fetch(fetch(url, request, _ -> true));
            outcome = outcome(fetched.reply());
            trusted = fetched.isLocal();
            boolean more = fetched.others() && outcome instanceof Outcome.Answer;
            others = more ? fetched.first() : null;
            if (others != null && leaving) {
                askOtherFamily(url, request, others, hearing); // who is told may end the process
            }
        } catch (TrackerException e) {
            outcome = new Outcome.Failure(AnnounceParser.clean(String.valueOf(e.getMessage())));
        } finally { // whatever happens: who waits is told
            Outcome told = outcome;
            boolean local = trusted;
            Completion.on(request.spec().loop(), () -> hearing.over(told, local));
        }
        if (outcome instanceof Outcome.Answer answer) {
            found(lookedUp(answer), trusted, request, hearing);
        }
        if (others != null && !leaving) {
            askOtherFamily(url, request, others, hearing);
        }
    }

    private HttpFetcher.Fetch fetch(
            TrackerUrl url, AnnounceRequest request, Predicate<InetAddress> family) {
        Duration time =
                switch (request.patience()) {
                    case FULL -> timeouts.exchange;
                    case BRIEF -> timeouts.exchange.dividedBy(2);
                    case GOODBYE -> timeouts.goodbye;
                };
        return new HttpFetcher.Fetch(
                url,
                remote -> AnnounceQuery.of(request, remote),
                new Binding(request.spec().bind()),
                family,
                Deadline.after(time));
    }

    private static Outcome outcome(HttpReply reply) {
        Outcome parsed = AnnounceParser.announce(reply.body());
        return reply.isOk()
                ? parsed
                : new Outcome.Failure("HTTP status %d%s".formatted(reply.status(), reason(parsed)));
    }

    private static String reason(Outcome parsed) {
        return parsed instanceof Outcome.Failure failure
                        && !failure.message().equals(AnnounceParser.NOT_BENCODED)
                ? ": " + failure.message()
                : "";
    }

    /** See {@link Routes#announcesTwice}. */
    private void askOtherFamily(
            TrackerUrl url, AnnounceRequest request, InetAddress used, Hearing hearing) {
        try {
            HttpFetcher.Fetched fetched =
                    fetcher.fetch(fetch(url, request, other -> !Binding.sameFamily(other, used)));
            if (outcome(fetched.reply()) instanceof Outcome.Answer answer) {
                found(answer.peers(), fetched.isLocal(), request, hearing);
            }
        } catch (TrackerException _) {
            // most hosts have no IPv6 way out; the announce that counts was answered
        }
    }

    private static void found(
            List<InetSocketAddress> peers,
            boolean trusted,
            AnnounceRequest request,
            Hearing hearing) {
        if (!peers.isEmpty()) {
            Completion.on(request.spec().loop(), () -> hearing.morePeers(peers, trusted));
        }
    }

    private List<InetSocketAddress> lookedUp(Outcome.Answer answer) {
        List<InetSocketAddress> peers = new ArrayList<>();
        if (answer.namedPeers().isEmpty()) {
            return peers;
        }
        Deadline deadline = Deadline.after(timeouts.names);
        for (HostPort peer : answer.namedPeers()) {
            try {
                resolver
                        .resolve(peer.host())
                        .get(deadline.millisLeft(), TimeUnit.MILLISECONDS)
                        .stream()
                        .filter(address -> AddressScope.of(address) != AddressScope.NONE)
                        .forEach(address -> peers.add(new InetSocketAddress(address, peer.port())));
            } catch (ExecutionException _) {
                // no such host: the others may be there
            } catch (TimeoutException | SocketTimeoutException _) {
                return peers;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return peers;
            }
        }
        return peers;
    }

    @Override
    public void scrape(ScrapeRequest request, Done done) {
        Optional<TrackerUrl> url = request.url().scrape();
        if (url.isEmpty()) {
            Completion.on(request.loop(), () -> done.scraped(Optional.empty()));
            return;
        }
        workers.exchange(() -> {
            Optional<Outcome.Counts> counts = counts(url.get(), request);
            Completion.on(request.loop(), () -> done.scraped(counts));
        });
    }

    private Optional<Outcome.Counts> counts(TrackerUrl url, ScrapeRequest request) {
        String parameters = "info_hash=" + AnnounceQuery.escaped(request.swarm());
        try {
            HttpReply reply =
                    fetcher.fetch(
                                    new HttpFetcher.Fetch(
                                            url,
                                            _ -> parameters,
                                            request.bound(),
                                            _ -> true,
                                            Deadline.after(timeouts.exchange)))
                            .reply();
            return reply.isOk()
                    ? AnnounceParser.scrape(reply.body(), request.swarm())
                    : Optional.empty();
        } catch (TrackerException _) { // a scrape is a courtesy: announces tell of trouble
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        // what runs ends at its deadline
    }
}
