package org.bittern.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.EventLoop;

/** Knows who has announced which torrent; the tracker of a simulated world. */
final class SimTracker {
    private static final int MOST_PEERS = 50;
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LEAST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<InfoHash, Set<InetSocketAddress>> swarms = new LinkedHashMap<>();
    private final Random random;
    private Optional<InetAddress> told = Optional.empty();

    SimTracker(long seed) {
        random = new Random(seed);
    }

    /** The way to the tracker from one machine. */
    PeerFinder from(SimHost host) {
        return new PeerFinder() {
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
                Asking asking =
                        new Asking(
                                spec,
                                listener,
                                new InetSocketAddress(host.address(), spec.listenPort()));
                asking.announce();
                return asking;
            }
        };
    }

    /** From now on it tells everybody that this is their own address (BEP 24). */
    void tells(InetAddress address) {
        told = Optional.of(address);
    }

    /** Forgets a machine, as if its announce had expired. */
    void forget(SimHost host) {
        swarms.values()
                .forEach(swarm -> swarm.removeIf(peer -> peer.getAddress().equals(host.address())));
    }

    private List<InetSocketAddress> announced(InfoHash infoHash, InetSocketAddress who) {
        Set<InetSocketAddress> swarm =
                swarms.computeIfAbsent(infoHash, key -> new LinkedHashSet<>());
        swarm.add(who);
        List<InetSocketAddress> others = new ArrayList<>(swarm);
        others.remove(who);
        Collections.shuffle(others, random);
        return others.subList(0, Math.min(MOST_PEERS, others.size()));
    }

    private final class Asking implements Search {
        private final SearchSpec spec;
        private final SearchListener listener;
        private final InetSocketAddress self;
        private EventLoop.Timer next = () -> {};
        private long lastNanos;
        private boolean stopped;

        Asking(SearchSpec spec, SearchListener listener, InetSocketAddress self) {
            this.spec = spec;
            this.listener = listener;
            this.self = self;
        }

        void announce() {
            next.cancel();
            lastNanos = spec.loop().nanoTime();
            next = spec.loop().schedule(INTERVAL_NANOS, this::announce);
            spec.loop()
                    .schedule(
                            ANSWER_NANOS,
                            () -> {
                                if (!stopped) {
                                    told.ifPresent(listener::externalAddress);
                                    listener.found(announced(spec.infoHash(), self), true);
                                }
                            });
        }

        @Override
        public void now() {
            announce();
        }

        @Override
        public void wantPeers() {
            if (spec.loop().nanoTime() - lastNanos >= LEAST_INTERVAL_NANOS) {
                announce();
            }
        }

        @Override
        public void completed() {
            // the tracker of this world does not count
        }

        @Override
        public void swarms(InfoHash infoHash) {
            // the torrents of this world are in one
        }

        @Override
        public void trackers(List<List<String>> tiers) {
            // there is only this one
        }

        @Override
        public List<TrackerSnapshot> status() {
            return List.of();
        }

        @Override
        public void stop(Consumer<Boolean> done) {
            stopped = true;
            next.cancel();
            Set<InetSocketAddress> swarm = swarms.get(spec.infoHash());
            if (swarm != null) {
                swarm.remove(self);
            }
            spec.loop().schedule(ANSWER_NANOS, () -> done.accept(true));
        }
    }
}
