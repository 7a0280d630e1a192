package org.bittern.demo;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;

/**
 * Measures what happens to a download while something is exchanged below it. For one thread at a
 * time. Looks from outside, by the contract that every adapter uses.
 */
public final class SwapMeter {
    /** How exact gaps are. */
    private static final long SAMPLE_MILLIS = 2;

    /** Often enough to see a new link before it has brought more than the one that it replaced. */
    private static final long LINKS_MILLIS = 20;

    /** So much must have come after an exchange: blocks flow again. */
    private static final long FLOW_BYTES = 256 << 10;

    private static final int ANSWER_SECONDS = 30;

    private final EngineHost host;
    private final String torrent;
    private final Duration patience;
    private final Duration settling;

    /**
     * @param torrent id of a torrent that downloads
     * @param patience how long blocks may take to flow again
     * @param settling how long to look for the least number of bytes fetched twice: blocks on their
     *     way to the disk look like some
     */
    public SwapMeter(EngineHost host, String torrent, Duration patience, Duration settling) {
        this.host = host;
        this.torrent = torrent;
        this.patience = patience;
        this.settling = settling;
    }

    /**
     * What is known of the transfer at one moment.
     *
     * @param surplus bytes that came beyond those that are there
     * @param wasted bytes that the engine threw away since it started
     */
    private record Standing(long surplus, long wasted, Map<InetSocketAddress, Long> bytesOfPeers) {
        long fetchedTwiceSince(Standing before) {
            long since = wasted >= before.wasted ? wasted - before.wasted : wasted; // a new engine
            return surplus - before.surplus + since;
        }
    }

    /**
     * Does an exchange and waits until blocks flow again from as many peers as before.
     *
     * @throws TimeoutException they did not
     */
    public SwapCost measure(Callable<?> exchange) throws Exception {
        Standing before = settled(Long.MIN_VALUE);
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            Flow flow = new Flow();
            Links links = new Links(before.bytesOfPeers());
            var _ = clock.scheduleAtFixedRate(flow::look, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
            var _ = clock.scheduleAtFixedRate(links::look, 0, LINKS_MILLIS, TimeUnit.MILLISECONDS);
            exchange.call();
            flow.exchanged();
            await(flow::flows, "blocks do not flow again");
            await(() -> hasPeers(before), "peers do not come back");
            var _ = clock.shutdownNow();
            Standing after = settled(before.surplus());
            links.see(after.bytesOfPeers());
            return new SwapCost(
                    Duration.ofNanos(flow.longestNanos()),
                    links.dropped(),
                    after.fetchedTwiceSince(before));
        }
    }

    private boolean hasPeers(Standing before) {
        return present().map(now -> now.snapshot().swarm().connected()).orElse(0)
                >= before.bytesOfPeers().size();
    }

    private Optional<Torrent> present() {
        return host.engine().flatMap(engine -> engine.torrent(torrent));
    }

    /**
     * The least surplus of some moments.
     *
     * @param least nothing less can be expected
     */
    private Standing settled(long least) throws Exception {
        Standing best = standing();
        long end = System.nanoTime() + settling.toNanos();
        while (best.surplus() > least && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(LINKS_MILLIS);
            Standing now = standing();
            best = now.surplus() <= best.surplus() ? now : best;
        }
        return best;
    }

    private Standing standing() throws Exception {
        Torrent now =
                present()
                        .orElseThrow(() ->
                                new EngineException(
                                        EngineException.Code.TORRENT_NOT_FOUND,
                                        "no torrent " + torrent));
        Map<InetSocketAddress, Long> peers = bytesOf(peers(now));
        TorrentSnapshot snapshot = now.snapshot();
        TorrentSnapshot.Transfer moved = snapshot.transfer();
        TorrentSnapshot.Progress there = snapshot.progress();
        return new Standing(
                moved.downloadedEverBytes() - there.verifiedBytes() - there.unverifiedBytes(),
                moved.wastedBytes(),
                peers);
    }

    private static Map<InetSocketAddress, Long> bytesOf(List<PeerSnapshot> peers) {
        Map<InetSocketAddress, Long> bytes = new HashMap<>();
        peers.forEach(peer -> bytes.put(peer.address(), peer.downloadedBytes()));
        return bytes;
    }

    private static List<PeerSnapshot> peers(Torrent torrent)
            throws InterruptedException, ExecutionException, TimeoutException {
        return torrent.peers().toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private void await(BooleanSupplier condition, String complaint)
            throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new TimeoutException(complaint + " in " + patience.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        }
    }

    /** The links that there were. Told on the loop of the torrent and on the measuring thread. */
    private final class Links {
        private final Map<InetSocketAddress, Long> last = new ConcurrentHashMap<>();
        private final Set<InetSocketAddress> dropped = ConcurrentHashMap.newKeySet();

        Links(Map<InetSocketAddress, Long> present) {
            last.putAll(present);
        }

        void look() {
            present()
                    .ifPresent(now -> {
                        var _ = now.peers().thenAccept(peers -> see(bytesOf(peers)));
                    });
        }

        void see(Map<InetSocketAddress, Long> now) {
            last.replaceAll((peer, before) -> {
                long bytes = now.getOrDefault(peer, -1L);
                if (bytes < before) { // a new link to the same address counts from 0
                    dropped.add(peer);
                }
                return Math.max(bytes, before);
            });
        }

        int dropped() {
            return dropped.size();
        }
    }

    /** The stream of blocks. {@link #look} belongs to the clock's thread. */
    private final class Flow {
        private long bytes = downloaded();
        private long lastNanos = System.nanoTime();
        private long sinceExchange;
        private volatile boolean exchanged;
        private volatile boolean flowing;
        private volatile long longestNanos;

        /** A new engine counts from 0: only what grows is something that came. */
        void look() {
            long now = downloaded();
            long nanos = System.nanoTime();
            longestNanos = Math.max(longestNanos, nanos - lastNanos);
            if (now > bytes) {
                lastNanos = nanos;
                sinceExchange += exchanged ? now - bytes : 0;
                flowing = sinceExchange >= FLOW_BYTES || complete();
            }
            bytes = now;
        }

        private long downloaded() {
            return host.engine().map(Engine::status).map(now -> now.downloadedBytes()).orElse(0L);
        }

        private boolean complete() {
            return present().map(now -> now.snapshot().progress().complete()).orElse(false);
        }

        void exchanged() {
            exchanged = true;
        }

        boolean flows() {
            return flowing;
        }

        long longestNanos() {
            return longestNanos;
        }
    }
}
