package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
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
    private final AtomicReference<@Nullable SearchListener> listener = new AtomicReference<>();
    private volatile List<TrackerSnapshot> status = List.of();
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
    public Search search(SearchSpec spec, SearchListener caller) {
        asked.set(spec);
        listener.set(caller);
        told.add("started " + left(spec));
        spec.loop().execute(() -> caller.found(peers, true));
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
            public void swarms(InfoHash infoHash) {
                told.add("swarms " + infoHash.wireHashes().size());
            }

            @Override
            public void trackers(List<List<String>> tiers) {
                told.add("trackers " + tiers);
            }

            @Override
            public List<TrackerSnapshot> status() {
                return status;
            }

            @Override
            public void stop(Consumer<Boolean> done) {
                told.add("stopped " + left(spec));
                spec.loop().execute(() -> done.accept(true));
            }
        };
    }

    @Override
    public void node(InetSocketAddress node) {
        told.add("node " + node.getPort());
    }

    /** The last answer of its only server, when it was asked. */
    void answered(TrackerSnapshot.Status result, String message) {
        SearchSpec spec = Objects.requireNonNull(asked.get());
        SearchListener told = Objects.requireNonNull(listener.get());
        status =
                List.of(
                        new TrackerSnapshot(
                                0,
                                0,
                                "http://127.0.0.1:1/announce",
                                result,
                                message,
                                7,
                                3,
                                -1,
                                0,
                                Instant.EPOCH,
                                result == TrackerSnapshot.Status.WORKING,
                                null,
                                null));
        spec.loop().execute(told::statusChanged);
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
