package org.bittern.engine.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.filter.FiltersInForce;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.Transport;
import org.bittern.spi.peer.PeerProtocol;
import org.bittern.spi.peer.WebSeedProtocol;
import org.bittern.spi.port.PortMapper;
import org.jspecify.annotations.Nullable;

/**
 * The services that engines are made of, as they are at this moment: all but the loops come and go
 * while torrents run. Thread-safe; the lock lets {@link #await} sleep until enough is there.
 */
final class Parts {

    /** A part that came or went. */
    enum Part {
        EGRESS,
        TRANSPORT,
        PROTOCOL,
        STORE,
        FINDER,
        FILTER,
        MAPPER,
        WEB_SEEDS,
        OBEDIENT
    }

    private final LoopGroup loops;
    private final Surroundings surroundings;
    private final List<Transport> transports = new ArrayList<>(); // guarded by itself
    private volatile List<Transport> newest = List.of(); // one of each name
    private final List<PeerFinder> finders = new CopyOnWriteArrayList<>();
    private final FiltersInForce filters = new FiltersInForce();
    private final List<SessionPart> obedient = new CopyOnWriteArrayList<>();
    private final List<Consumer<Part>> watchers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean retired;
    private volatile @Nullable PeerProtocol
            protocol; // null until its bundle is there, and in a swap
    private volatile @Nullable DiskStore store; // likewise
    private volatile @Nullable Egress egress; // null where transports know no route: simulations
    private volatile @Nullable PortMapper mapper; // null without a mapper
    private volatile @Nullable WebSeedProtocol webSeeds; // null without its bundle

    Parts(LoopGroup loops) {
        this(loops, Surroundings.SYSTEM);
    }

    Parts(LoopGroup loops, Surroundings surroundings) {
        this.loops = loops;
        this.surroundings = surroundings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    LoopGroup loops() {
        return loops;
    }

    /** The last that came of each name: while one is exchanged, the old one is there as well. */
    List<Transport> transports() {
        return newest;
    }

    List<PeerFinder> finders() {
        return finders;
    }

    /** Those that are there; one that is exchanged may still be asked. */
    List<IpFilter> filters() {
        return filters.present();
    }

    /** Bundles that obey settings by themselves. */
    List<SessionPart> obedient() {
        return obedient;
    }

    Optional<PeerProtocol> protocol() {
        return Optional.ofNullable(protocol);
    }

    Optional<DiskStore> store() {
        return Optional.ofNullable(store);
    }

    Optional<Egress> egress() {
        return Optional.ofNullable(egress);
    }

    Optional<PortMapper> mapper() {
        return Optional.ofNullable(mapper);
    }

    Optional<WebSeedProtocol> webSeeds() {
        return Optional.ofNullable(webSeeds);
    }

    /** True when a finder of this name is there. */
    boolean hasFinder(String name) {
        return finders.stream().anyMatch(finder -> finder.name().equals(name));
    }

    /** True when some filter forbids the address, one that is being exchanged too. */
    boolean blocked(InetAddress address) {
        return filters.blocks(address);
    }

    /** Does nothing when it works on other loops: those of a bundle that comes or goes. */
    void add(Transport transport) {
        if (transport.serves(loops.loops().getFirst())) {
            change(() -> transports.add(transport));
        }
    }

    void remove(Transport transport) {
        change(() -> transports.remove(transport));
    }

    private void change(Runnable change) {
        List<Transport> before = newest;
        synchronized (transports) { // services come on any thread; loops only read the outcome
            change.run();
            Map<String, Transport> byName = new LinkedHashMap<>();
            transports.forEach(transport -> byName.put(transport.name(), transport));
            newest = List.copyOf(byName.values());
        }
        if (!before.equals(newest)) {
            tell(Part.TRANSPORT);
        }
    }

    void add(PeerFinder finder) {
        finders.add(finder);
        tell(Part.FINDER);
    }

    void remove(PeerFinder finder) {
        finders.remove(finder);
        tell(Part.FINDER);
    }

    void add(IpFilter filter) {
        filters.add(filter);
        tell(Part.FILTER);
    }

    void remove(IpFilter filter) {
        filters.remove(filter);
        tell(Part.FILTER);
    }

    void add(SessionPart part) {
        obedient.add(part);
        tell(Part.OBEDIENT);
    }

    void remove(SessionPart part) {
        obedient.remove(part);
    }

    void use(PeerProtocol service) {
        protocol = service;
        tell(Part.PROTOCOL);
    }

    /**
     * The successor may be in use already: what it has not taken over yet must be told all the
     * same.
     */
    void drop(PeerProtocol service) {
        if (service.equals(protocol)) {
            protocol = null;
        }
        tell(Part.PROTOCOL);
    }

    void use(DiskStore service) {
        store = service;
        tell(Part.STORE);
    }

    /** Does nothing when the successor is already in use. */
    void drop(DiskStore service) {
        if (service.equals(store)) {
            store = null;
            tell(Part.STORE);
        }
    }

    void use(Egress service) {
        egress = service;
        tell(Part.EGRESS);
    }

    /** Does nothing when the successor is already in use. */
    void drop(Egress service) {
        if (service.equals(egress)) {
            egress = null;
        }
    }

    void use(PortMapper service) {
        mapper = service;
        tell(Part.MAPPER);
    }

    /** Does nothing when the successor is already in use. */
    void drop(PortMapper service) {
        if (service.equals(mapper)) {
            mapper = null;
            tell(Part.MAPPER);
        }
    }

    void use(WebSeedProtocol service) {
        webSeeds = service;
        tell(Part.WEB_SEEDS);
    }

    /** Does nothing when the successor is already in use. */
    void drop(WebSeedProtocol service) {
        if (service.equals(webSeeds)) {
            webSeeds = null;
            tell(Part.WEB_SEEDS);
        }
    }

    void watch(Consumer<Part> watcher) {
        watchers.add(watcher);
    }

    void unwatch(Consumer<Part> watcher) {
        watchers.remove(watcher);
    }

    /** Nobody waits for parts any more. */
    void retire() {
        retired = true;
        tellWaiting();
    }

    /**
     * Waits until a transport, a protocol and a store are there. Bundles start in any order.
     *
     * @return names of what is still missing, empty when all is there
     */
    List<String> await(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lock();
        try {
            while (!missing().isEmpty() && left > 0 && !retired) {
                left = changed.awaitNanos(left);
            }
            return missing();
        } finally {
            lock.unlock();
        }
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (newest.isEmpty()) {
            missing.add("a transport");
        }
        if (protocol == null) {
            missing.add("the peer protocol");
        }
        if (store == null) {
            missing.add("a disk store");
        }
        return missing;
    }

    private void tell(Part part) {
        tellWaiting();
        watchers.forEach(watcher -> watcher.accept(part));
    }

    private void tellWaiting() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
