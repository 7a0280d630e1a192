package org.bittern.dht.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Settings;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.filter.FiltersInForce;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.net.LoopGroup;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Finds peers by the DHT. Thread-safe. A node lives on the address and port of the searches that
 * use it and ends with the last of them; the nodes that it knew are where the next one begins.
 */
@Component(
        service = {PeerFinder.class, SessionPart.class},
        property = PeerFinder.NAME + "=dht")
public final class DhtFinder implements PeerFinder, SessionPart {
    /** Between two savings of what a node knows; the last one is when it ends. */
    private static final long SAVE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final long SETTLE_MILLIS = 2000;
    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LoopGroup loops;
    private final Datagrams datagrams;
    private final Egress egress;
    private final Workers workers = new Workers();
    private final Resolver names;
    private final Memory memory = new Memory(workers);
    private final FiltersInForce filters = new FiltersInForce();
    private final SecureRandom random = new SecureRandom();

    // Guarded by itself: torrents of several loops begin and end searches, and it is short.
    private final Map<Place, Home> homes = new HashMap<>();

    private record Place(List<InetAddress> bind, int port) {}

    /** A node, its sockets and the searches that use it. */
    private static final class Home {
        private final DhtNode node;
        private final NodePorts ports;
        private final Set<DhtSearch> searches = new HashSet<>();
        private volatile EventLoop.Timer retry = () -> {};

        Home(DhtNode node, NodePorts ports) {
            this.node = node;
            this.ports = ports;
        }
    }

    @Activate
    public DhtFinder(
            @Reference LoopGroup loops, @Reference Datagrams datagrams, @Reference Egress egress) {
        names = new RoutedNames(workers, egress);
        this.loops = loops;
        this.datagrams = datagrams;
        this.egress = egress;
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
        return "dht";
    }

    @Override
    public boolean allowsPrivate() {
        return false;
    }

    @Override
    public Search search(SearchSpec spec, SearchListener listener) {
        return search(spec, List.of(), listener);
    }

    @Override
    public Search search(SearchSpec spec, List<String> nodes, SearchListener listener) {
        Place place = new Place(spec.bind(), spec.listenPort());
        DhtNode node;
        DhtSearch search;
        synchronized (homes) {
            Home home = homes.computeIfAbsent(place, this::open);
            node = home.node;
            search = new DhtSearch(spec, listener, node, ended -> release(place, ended));
            home.searches.add(search);
        }
        node.loop().execute(() -> node.bootstrap(nodes));
        search.begin();
        return search;
    }

    @Override
    public void node(InetSocketAddress address) {
        synchronized (homes) {
            homes.values().forEach(home -> home.node.loop().post(() -> home.node.greet(address)));
        }
    }

    private Home open(Place place) {
        EventLoop loop = loops.next();
        NodePorts ports = new NodePorts(datagrams, egress, place.bind, place.port);
        DhtNode node =
                new DhtNode(new DhtNode.Surroundings(loop, random, ports, filters::blocks, names));
        Home home = new Home(node, ports);
        settle(home, FIRST_RETRY_NANOS);
        loop.schedule(SAVE_NANOS, () -> save(node));
        return home;
    }

    /** Opens the ports; one that somebody still has, until a bundle has gone, is tried again. */
    private void settle(Home home, long retryNanos) {
        EventLoop loop = home.node.loop();
        var _ =
                workers.run(
                        "port",
                        () -> {
                            Set<Family> families = home.ports.open(home.node);
                            try {
                                if (!families.isEmpty()) {
                                    loop.execute(() -> home.node.start(families, memory.nodes()));
                                }
                                if (!home.ports.isSettled()) {
                                    long next = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
                                    home.retry =
                                            loop.schedule(retryNanos, () -> settle(home, next));
                                }
                            } catch (RejectedExecutionException _) {
                                home.ports.close(); // the loop has ended, and the node with it
                            }
                        });
    }

    private void save(DhtNode node) {
        if (!node.isClosed()) {
            memory.keep(node.contacts());
            node.loop().schedule(SAVE_NANOS, () -> save(node));
        }
    }

    private void release(Place place, DhtSearch ended) {
        synchronized (homes) {
            Home home = homes.get(place);
            if (home == null || !home.searches.remove(ended) || !home.searches.isEmpty()) {
                return;
            }
            homes.remove(place);
            end(home);
            var _ = workers.run("port-" + place.port, home.ports::close);
        }
    }

    private void end(Home home) {
        memory.keep(home.node.contacts());
        home.retry.cancel();
        home.node.close();
    }

    @Deactivate
    void stop() {
        List<Home> all;
        synchronized (homes) {
            all = List.copyOf(homes.values());
            homes.clear();
        }
        for (Home home : all) {
            try {
                home.node
                        .loop()
                        .execute(() -> {
                            home.searches.forEach(
                                    DhtSearch::end); // nobody adds any: it is no home now
                            end(home);
                        });
            } catch (RejectedExecutionException e) {
                // the loop has ended, and the node with it
            }
            home.ports.close();
        }
        LoopBarrier.pass(loops.loops());
        memory.settle(SETTLE_MILLIS);
    }

    /** The nodes that it knows outlive it in the directory of the session. */
    @Override
    public void obey(Settings settings, Optional<Path> directory) {
        memory.in(directory);
    }
}
