package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.jspecify.annotations.Nullable;

/** A tracker that knows one list of peers and writes down what it is told. */
final class FakeFinder implements PeerFinder {
    /** What was told, with the bytes left then. */
    final Queue<String> told = new ConcurrentLinkedQueue<>();

    private final AtomicReference<@Nullable SearchSpec> asked = new AtomicReference<>();
    private final String name;
    private final List<InetSocketAddress> peers;

    FakeFinder(String name, List<InetSocketAddress> peers) {
        this.name = name;
        this.peers = peers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean allowsPrivate() {
        return name.equals("tracker");
    }

    @Override
    public Search search(SearchSpec spec, SearchListener listener) {
        asked.set(spec);
        told.add("started " + left(spec));
        spec.loop().execute(() -> listener.found(peers, true));
        return new Search() {
            @Override
            public void now() {
                told.add("now");
            }

            @Override
            public void wantPeers() {}

            @Override
            public void completed() {
                told.add("completed " + left(spec));
            }

            @Override
            public void trackers(List<List<String>> tiers) {
                told.add("trackers " + tiers);
            }

            @Override
            public List<TrackerSnapshot> status() {
                return List.of();
            }

            @Override
            public void stop(Consumer<Boolean> done) {
                told.add("stopped " + left(spec));
                spec.loop().execute(() -> done.accept(true));
            }
        };
    }

    /** The port that an announce would name now, 0 = that on which it listens. */
    int port() {
        SearchSpec spec = asked.get();
        return spec == null ? -1 : spec.tally().get().port();
    }

    private static String left(SearchSpec spec) {
        return spec.tally().get().leftBytes().map(String::valueOf).orElse("?");
    }
}
