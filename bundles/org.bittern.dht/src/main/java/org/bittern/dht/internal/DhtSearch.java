package org.bittern.dht.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.bencode.BDict;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.EventLoop;

/**
 * Looks for the peers of one torrent and announces it, again and again. Called on the torrent's
 * loop; its state belongs to the node's loop.
 */
final class DhtSearch implements Search {
    /** Announces are repeated before others forget them. */
    static final long ANNOUNCE_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Between two walks when the torrent wants more peers. */
    static final long MIN_GAP_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** After a walk that reached nobody; doubled up to {@link #MIN_GAP_NANOS}. */
    static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SearchSpec spec;
    private final SearchListener listener;
    private final DhtNode node;
    private final Consumer<DhtSearch> ended;
    private final Consumer<List<InetSocketAddress>> found = this::found;

    private EventLoop.Timer next = () -> {};
    private long retryNanos = FIRST_RETRY_NANOS;
    private long beganNanos;
    private Scrape scrape = new Scrape();
    private InfoHash swarms;
    private boolean again; // another swarm was named during a round
    private int running;
    private int reached;
    private boolean stopped;

    /**
     * A search that has not begun.
     *
     * @param ended called once on the node's loop when it was stopped
     */
    DhtSearch(SearchSpec spec, SearchListener listener, DhtNode node, Consumer<DhtSearch> ended) {
        this.spec = spec;
        swarms = spec.infoHash();
        this.listener = listener;
        this.node = node;
        this.ended = ended;
    }

    void begin() {
        node.loop()
                .execute(() -> {
                    if (!stopped) {
                        hashes().forEach(hash -> node.await(hash, found));
                        look();
                    }
                });
    }

    private List<NodeId> hashes() {
        return swarms.wireHashes().stream().map(NodeId::of).toList();
    }

    @Override
    public void now() {
        node.loop().post(this::look);
    }

    @Override
    public void wantPeers() {
        node.loop()
                .post(() -> {
                    if (node.loop().nanoTime() - beganNanos >= MIN_GAP_NANOS) {
                        look();
                    }
                });
    }

    @Override
    public void completed() {
        now(); // tells the others that we seed
    }

    @Override
    public void swarms(InfoHash infoHash) {
        node.loop()
                .execute(() -> {
                    if (!stopped && !infoHash.equals(swarms)) {
                        swarms = infoHash;
                        again = running > 0;
                        hashes().forEach(hash -> node.await(hash, found));
                        look();
                    }
                });
    }

    @Override
    public void trackers(List<List<String>> tiers) {
        // no trackers here
    }

    @Override
    public List<TrackerSnapshot> status() {
        return List.of();
    }

    @Override
    public void stop(Consumer<Boolean> done) {
        try {
            node.loop().execute(this::end);
        } catch (RejectedExecutionException e) {
            done.accept(false); // the node's loop has ended, and this search with it
            return;
        }
        spec.loop().execute(() -> done.accept(true)); // the DHT knows no goodbye
    }

    /** Does nothing from now on. On the node's loop. */
    void end() {
        if (!stopped) {
            stopped = true;
            next.cancel();
            hashes().forEach(hash -> node.awaitNoMore(hash, found));
            ended.accept(this);
        }
    }

    private void look() {
        if (stopped || running > 0) {
            return;
        }
        next.cancel();
        beganNanos = node.loop().nanoTime();
        reached = 0;
        scrape = new Scrape();
        running = 1; // until all walks have begun: one may end at once
        for (NodeId hash : hashes()) {
            for (Family family : List.copyOf(node.families())) {
                running++;
                walk(family, hash);
            }
        }
        walked(0);
    }

    private void walk(Family family, NodeId infoHash) {
        node.lookUp(
                family,
                new Lookup.Goal(
                        infoHash,
                        "get_peers",
                        BDict.builder().put("info_hash", infoHash.text()).build(),
                        found,
                        nearest -> {
                            scrape(infoHash, nearest);
                            announce(infoHash, nearest);
                        }));
    }

    private void found(List<InetSocketAddress> peers) {
        if (!stopped) {
            // Only a node on loopback may name such peers, see Scope.
            boolean local = peers.stream().allMatch(p -> p.getAddress().isLoopbackAddress());
            List<InetSocketAddress> copy = List.copyOf(peers);
            spec.loop().post(() -> listener.found(copy, local));
        }
    }

    /**
     * Asks for filters in questions of their own: many nodes name no peers beside them (BEP 33).
     * The token proves that we are where we say, without which nobody should send so much.
     */
    private void scrape(NodeId infoHash, List<Lookup.Found> nearest) {
        if (stopped) {
            return;
        }
        running += nearest.size();
        for (Lookup.Found at : nearest) {
            node.ask(
                    at.contact().address(),
                    "get_peers",
                    BDict.builder()
                            .put("info_hash", infoHash.text())
                            .put("scrape", 1)
                            .put("token", at.token())
                            .build(),
                    new Exchanges.Answer() {
                        @Override
                        public void answered(Contact from, BDict values) {
                            scrape.heard(values);
                            walked(0);
                        }

                        @Override
                        public void failed() {
                            walked(0);
                        }
                    });
        }
    }

    private void announce(NodeId infoHash, List<Lookup.Found> nearest) {
        List<Lookup.Found> willing = new ArrayList<>(nearest);
        willing.removeIf(at -> at.token().length() == 0);
        if (stopped || willing.isEmpty()) {
            walked(0);
            return;
        }
        SearchSpec.Tally tally = spec.tally().get();
        int port = tally.port() > 0 ? tally.port() : spec.listenPort();
        if (port == 0) {
            walked(1); // nobody can dial us: there is nothing to announce
            return;
        }
        boolean seed = tally.leftBytes().filter(left -> left == 0).isPresent();
        running += willing.size();
        for (Lookup.Found at : willing) {
            node.announce(
                    at,
                    infoHash,
                    port,
                    seed,
                    new Exchanges.Answer() {
                        @Override
                        public void answered(Contact from, BDict values) {
                            walked(1);
                        }

                        @Override
                        public void failed() {
                            walked(0);
                        }
                    });
        }
        walked(0);
    }

    /** A walk or an announce has ended; after the last one, the next round is planned. */
    private void walked(int delivered) {
        reached += delivered;
        if (--running > 0 || stopped) {
            return;
        }
        tellSize();
        if (again) {
            again = false;
            look();
            return;
        }
        long delay = retryNanos;
        if (reached > 0) {
            delay = ANNOUNCE_NANOS;
            retryNanos = FIRST_RETRY_NANOS;
        } else {
            retryNanos = Math.min(2 * retryNanos, MIN_GAP_NANOS);
        }
        next = node.loop().schedule(delay, this::look);
    }

    private void tellSize() {
        if (scrape.isTold()) {
            int seeds = scrape.seeds();
            int downloaders = scrape.downloaders();
            spec.loop().post(() -> listener.estimated(seeds, downloaders));
        }
    }
}
