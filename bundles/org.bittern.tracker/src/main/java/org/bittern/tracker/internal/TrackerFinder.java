package org.bittern.tracker.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocketFactory;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.filter.FiltersInForce;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.LoopBarrier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/** Finds peers by HTTP and UDP trackers. Thread-safe. */
@Component(configurationPid = TrackerConfig.PID, property = PeerFinder.NAME + "=tracker")
@Designate(ocd = TrackerConfig.class)
public final class TrackerFinder implements PeerFinder {
    private static final Duration NAMES_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_UDP_RETRIES = 8;

    private final Workers workers = new Workers();
    private final RecentBudgets budgets = new RecentBudgets();
    private final RandomGenerator random = new SecureRandom();
    private final Set<TrackerSearch> searches = ConcurrentHashMap.newKeySet();
    private final FiltersInForce filters = new FiltersInForce();
    private final Announcer announcer;

    @Activate
    public TrackerFinder(TrackerConfig config, @Reference Egress egress) {
        Routes routes = new Routes(filters::blocks);
        Resolver names = new ProxiedResolver(workers, egress);
        HttpConnection connection =
                new HttpConnection(
                        egress,
                        () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
                        config.user_agent(),
                        seconds("http.connect.seconds", config.http_connect_seconds(), 60));
        HttpTracker http =
                new HttpTracker(
                        workers,
                        names,
                        new HttpFetcher(names, routes, connection, egress),
                        new HttpTracker.Timeouts(
                                seconds(
                                        "http.exchange.seconds",
                                        config.http_exchange_seconds(),
                                        300),
                                Duration.ofNanos(TrackerSearch.GOODBYE_NANOS),
                                NAMES_TIMEOUT));
        if (config.udp_retries() < 0 || config.udp_retries() > MAX_UDP_RETRIES) {
            throw new IllegalArgumentException(
                    "udp.retries %d, 0 to 8 is allowed".formatted(config.udp_retries()));
        }
        UdpExchange.Schedule schedule =
                new UdpExchange.Schedule(
                        seconds("udp.timeout.seconds", config.udp_timeout_seconds(), 60).toNanos(),
                        config.udp_retries());
        announcer =
                new AnyTracker(
                        http,
                        new UdpTracker(
                                new UdpTracker.Ground(workers, names, egress),
                                routes,
                                random,
                                schedule));
    }

    private static Duration seconds(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "%s %d, 1 to %d is allowed".formatted(name, value, most));
        }
        return Duration.ofSeconds(value);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(IpFilter filter) {
        filters.add(filter);
    }

    void removeFilter(IpFilter filter) {
        filters.remove(filter);
    }

    @Override
    public String name() {
        return "tracker";
    }

    @Override
    public boolean allowsPrivate() {
        return true;
    }

    @Override
    public Search search(SearchSpec spec, SearchListener listener) {
        SearchScope scope = new SearchScope(spec, listener, announcer, random, budgets);
        TrackerSearch search = new TrackerSearch(scope, searches::remove);
        searches.add(search);
        spec.loop().execute(search::begin);
        return search;
    }

    @Deactivate
    void stop() {
        List<TrackerSearch> all = List.copyOf(searches);
        searches.clear();
        all.forEach(search -> Completion.on(search.loop(), search::abandon));
        announcer.close();
        LoopBarrier.pass(all.stream().map(TrackerSearch::loop).distinct().toList());
        workers.close();
    }
}
