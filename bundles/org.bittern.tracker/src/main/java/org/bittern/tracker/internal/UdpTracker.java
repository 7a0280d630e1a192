package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.ProxyServer;
import org.jspecify.annotations.Nullable;

/**
 * Announces and scrapes over UDP (BEP 15, 41). Thread-safe: the state of an exchange belongs to the
 * loop of its torrent, and nothing is shared between loops.
 */
final class UdpTracker implements Announcer {
    private static final InetAddress SOME_IPV4 = InetAddress.ofLiteral("0.0.0.0");

    private final Ground ground;
    private final Routes routes;
    private final RandomGenerator random;
    private final UdpExchange.Schedule schedule;
    private final Map<EventLoop, UdpLoop> loops = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What this stands on. */
    record Ground(Threads threads, Resolver resolver, Egress egress) {}

    /**
     * UDP trackers.
     *
     * @param random cannot be guessed: transaction ids keep strangers from answering for a tracker
     */
    UdpTracker(
            Ground ground, Routes routes, RandomGenerator random, UdpExchange.Schedule schedule) {
        this.ground = ground;
        this.routes = routes;
        this.random = random;
        this.schedule = schedule;
    }

    @Override
    public void announce(TrackerUrl url, AnnounceRequest request, Hearing hearing) {
        UdpExchange.Question question =
                new UdpExchange.Question(
                        UdpMessages.ANNOUNCE,
                        (connection, transaction) ->
                                UdpMessages.announce(
                                        connection, transaction, request, url.target()),
                        request.patience());
        Binding bound = new Binding(request.spec().bind());
        ask(
                new Asking(url, bound, question, request.spec().loop()),
                (result, from, first) -> {
                    Outcome outcome = outcome(result, from);
                    if (first) {
                        hearing.over(outcome, isLoopback(from));
                    } else if (outcome instanceof Outcome.Answer answer) {
                        hearing.morePeers(answer.peers(), isLoopback(from));
                    }
                });
    }

    private static boolean isLoopback(@Nullable InetAddress from) {
        return from != null && from.isLoopbackAddress();
    }

    private static Outcome outcome(UdpExchange.Result result, @Nullable InetAddress from) {
        return result.answer().isPresent() && from != null
                ? UdpMessages.announced(result.answer().get(), from)
                : new Outcome.Failure(result.message());
    }

    @Override
    public void scrape(ScrapeRequest request, Done done) {
        UdpExchange.Question question =
                new UdpExchange.Question(
                        UdpMessages.SCRAPE,
                        (connection, transaction) ->
                                UdpMessages.scrape(connection, transaction, request.swarm()),
                        Patience.BRIEF);
        ask(
                new Asking(request.url(), request.bound(), question, request.loop()),
                (result, _, first) -> {
                    if (first) {
                        done.scraped(result.answer().map(UdpMessages::scraped));
                    }
                });
    }

    /** What is asked of which tracker. */
    private record Asking(
            TrackerUrl url, Binding bound, UdpExchange.Question question, EventLoop loop) {}

    /** Who waits for answers. */
    private interface Replies {
        /**
         * An answer, or that there is none.
         *
         * @param from null when nobody answered
         * @param first true exactly once: the answer that counts; the second comes over the other
         *     address family
         */
        void heard(UdpExchange.Result result, @Nullable InetAddress from, boolean first);
    }

    private void ask(Asking asking, Replies replies) {
        Optional<ProxyServer> proxy = ground.egress.route().proxy();
        if (proxy.isPresent() && !proxy.get().carriesDatagrams()) {
            refuse(asking, replies, "a proxy of this kind cannot carry UDP");
        } else if (proxy.isPresent() && !Literals.isLiteral(asking.url.host())) {
            askByName(asking, replies);
        } else {
            lookUp(asking, replies);
        }
    }

    private static void refuse(Asking asking, Replies replies, String reason) {
        Completion.on(asking.loop, () -> replies.heard(failed(reason), null, true));
    }

    /** The proxy looks the name up; the answer is taken for one over IPv4. */
    private void askByName(Asking asking, Replies replies) {
        InetSocketAddress named =
                InetSocketAddress.createUnresolved(asking.url.host(), asking.url.port());
        Completion.on(
                asking.loop,
                () ->
                        ask(
                                asking,
                                named,
                                result -> {
                                    boolean answered = result.answer().isPresent();
                                    replies.heard(result, answered ? SOME_IPV4 : null, true);
                                }));
    }

    private void lookUp(Asking asking, Replies replies) {
        var _ =
                ground.resolver
                        .resolve(asking.url.host())
                        .whenComplete((addresses, failure) ->
                                Completion.on(
                                        asking.loop,
                                        () -> {
                                            if (failure == null) {
                                                resolved(asking, addresses, replies);
                                            } else {
                                                replies.heard(
                                                        failed("host name not found"), null, true);
                                            }
                                        }));
    }

    private static UdpExchange.Result failed(String message) {
        return new UdpExchange.Result(Optional.empty(), message);
    }

    private void resolved(Asking asking, List<InetAddress> addresses, Replies replies) {
        try {
            List<InetAddress> allowed =
                    routes.allowed(asking.url, addresses, asking.bound, new Routes.Origin.Named());
            Queue<InetAddress> chosen = onePerFamily(allowed);
            boolean leaving = asking.question.patience() == Patience.GOODBYE;
            if (leaving && routes.announcesTwice(chosen.element())) {
                all(asking, List.copyOf(chosen), replies);
            } else {
                next(asking, chosen, replies);
            }
        } catch (TrackerException e) {
            replies.heard(failed(String.valueOf(e.getMessage())), null, true);
        }
    }

    private static Queue<InetAddress> onePerFamily(List<InetAddress> allowed) {
        Queue<InetAddress> chosen = new ArrayDeque<>();
        for (InetAddress address : allowed) {
            if (chosen.stream().noneMatch(other -> Binding.sameFamily(address, other))) {
                chosen.add(address);
            }
        }
        return chosen;
    }

    /** Asks the first address; the next one gets its turn whether there is an answer or not. */
    private void next(Asking asking, Queue<InetAddress> addresses, Replies replies) {
        InetAddress address = addresses.remove();
        ask(
                asking,
                address,
                result -> {
                    if (result.answer().isEmpty() && !addresses.isEmpty()) {
                        next(asking, addresses, replies);
                        return;
                    }
                    replies.heard(result, result.answer().isPresent() ? address : null, true);
                    InetAddress other = addresses.poll();
                    boolean twice =
                            asking.question.action() == UdpMessages.ANNOUNCE
                                    && routes.announcesTwice(address);
                    if (other != null && twice) {
                        ask(asking, other, second -> replies.heard(second, other, false));
                    }
                });
    }

    /** Asks all at once and waits for all: who leaves may end the process when it is told. */
    private void all(Asking asking, List<InetAddress> addresses, Replies replies) {
        List<Told> told = new ArrayList<>();
        for (InetAddress address : addresses) {
            ask(
                    asking,
                    address,
                    result -> {
                        told.add(new Told(result, result.answer().isPresent() ? address : null));
                        if (told.size() == addresses.size()) {
                            Told best =
                                    told.stream()
                                            .filter(each -> each.from != null)
                                            .findFirst()
                                            .orElseGet(told::getFirst);
                            replies.heard(best.result, best.from, true);
                        }
                    });
        }
    }

    /**
     * What came of one of several exchanges.
     *
     * @param from null when nobody answered
     */
    private record Told(UdpExchange.Result result, @Nullable InetAddress from) {}

    private void ask(Asking asking, InetAddress address, Consumer<UdpExchange.Result> done) {
        ask(asking, new InetSocketAddress(address, asking.url.port()), done);
    }

    private void ask(Asking asking, InetSocketAddress address, Consumer<UdpExchange.Result> done) {
        if (closed) {
            return;
        }
        loops.computeIfAbsent(
                        asking.loop,
                        loop -> new UdpLoop(loop, ground.threads, ground.egress, random, schedule))
                .ask(address, asking.bound, asking.question, done);
    }

    @Override
    public void close() {
        closed = true;
        loops.forEach((loop, sockets) -> {
            if (!Completion.on(loop, sockets::close)) {
                sockets.close(); // the owner has stopped
            }
        });
        loops.clear();
    }
}
