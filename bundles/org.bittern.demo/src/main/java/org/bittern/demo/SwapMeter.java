package org.bittern.demo;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;

/**
 * Measures what happens to a download, or to the uploads of a torrent, while something is exchanged
 * below it. For one thread at a time. Looks from outside, by the contract that every adapter uses.
 */
public final class SwapMeter {
    /** How exact gaps are. */
    private static final Duration SAMPLE = Duration.ofMillis(2);

    /** Often enough to see a new link before it has brought more than the one that it replaced. */
    private static final Duration LINKS = Duration.ofMillis(20);

    /** So much must have come after an exchange: blocks flow again. */
    private static final long FLOW_BYTES = 256 << 10;

    private static final int ANSWER_SECONDS = 30;

    private final EngineHost host;
    private final String torrent;
    private final Direction direction;
    private final Duration patience;
    private final Duration settling;
    private final Ticker ticker;

    /**
     * Measures with the clock of the machine, see {@link #SwapMeter(EngineHost, String, Duration,
     * Duration, Ticker)}.
     */
    public SwapMeter(EngineHost host, String torrent, Duration patience, Duration settling) {
        this(host, torrent, patience, settling, Ticker.SYSTEM);
    }

    /**
     * Measures nothing yet.
     *
     * @param torrent id of a torrent that downloads
     * @param patience how long blocks may take to flow again
     * @param settling how long to look for the least number of bytes fetched twice: blocks on their
     *     way to the disk look like some
     */
    public SwapMeter(
            EngineHost host, String torrent, Duration patience, Duration settling, Ticker ticker) {
        this(host, new Watched(torrent, Direction.DOWNLOAD), patience, settling, ticker);
    }

    private SwapMeter(
            EngineHost host, Watched watched, Duration patience, Duration settling, Ticker ticker) {
        this.host = host;
        torrent = watched.torrent;
        direction = watched.direction;
        this.patience = patience;
        this.settling = settling;
        this.ticker = ticker;
    }

    /**
     * Measures nothing yet, and later what peers get of a complete torrent: more than an exchange
     * needs. Nothing is fetched twice then.
     *
     * @param torrent id of a torrent that uploads
     * @param patience how long blocks may take to flow again
     */
    public static SwapMeter ofUploads(EngineHost host, String torrent, Duration patience) {
        Watched watched = new Watched(torrent, Direction.UPLOAD);
        return new SwapMeter(host, watched, patience, Duration.ZERO, Ticker.SYSTEM);
    }

    private record Watched(String torrent, Direction direction) {}

    private enum Direction {
        DOWNLOAD {
            @Override
            long bytesOf(EngineStatus engine) {
                return engine.downloadedBytes();
            }

            @Override
            long bytesOf(PeerSnapshot peer) {
                return peer.downloadedBytes();
            }

            @Override
            boolean isOver(TorrentSnapshot torrent) {
                return torrent.progress().complete();
            }
        },
        UPLOAD {
            @Override
            long bytesOf(EngineStatus engine) {
                return engine.uploadedBytes();
            }

            @Override
            long bytesOf(PeerSnapshot peer) {
                return peer.uploadedBytes();
            }

            @Override
            boolean isOver(TorrentSnapshot torrent) {
                return false;
            }
        };

        abstract long bytesOf(EngineStatus engine);

        abstract long bytesOf(PeerSnapshot peer);

        /** Whether no more blocks are to be expected. */
        abstract boolean isOver(TorrentSnapshot torrent);
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
     * Does an exchange and waits until blocks flow again from as many peers as before, or nothing
     * is left that could.
     *
     * @throws TimeoutException they did not
     */
    public SwapCost measure(Callable<?> exchange) throws Exception {
        Standing before = settled(Long.MIN_VALUE);
        Flow flow = new Flow();
        Links links = new Links(before.bytesOfPeers(), host.engine());
        try (Ticker.Looks looks = ticker.looks()) {
            looks.every(SAMPLE, flow::look);
            looks.every(LINKS, links::look);
            exchange.call();
            flow.exchanged();
            await(() -> flow.flows() || isOver(), "blocks do not flow again");
            await(
                    () -> (hasPeers(before) && links.areBack()) || isOver(),
                    "peers do not come back");
        }
        Duration redial = Duration.ofNanos(links.longestNanos());
        Standing after = settled(before.surplus());
        links.see(Long.MAX_VALUE, after.bytesOfPeers(), true);
        return new SwapCost(
                Duration.ofNanos(flow.longestNanos()),
                redial,
                links.dropped(),
                after.fetchedTwiceSince(before));
    }

    private boolean hasPeers(Standing before) {
        return present().map(now -> now.snapshot().swarm().connected()).orElse(0)
                >= before.bytesOfPeers().size();
    }

    private boolean isOver() {
        return present().map(now -> direction.isOver(now.snapshot())).orElse(false);
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
        long begin = ticker.nanoTime();
        while (best.surplus() > least && ticker.nanoTime() - begin < settling.toNanos()) {
            ticker.pause(LINKS);
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

    private Map<InetSocketAddress, Long> bytesOf(List<PeerSnapshot> peers) {
        Map<InetSocketAddress, Long> bytes = new HashMap<>();
        peers.forEach(peer -> bytes.put(peer.address(), direction.bytesOf(peer)));
        return bytes;
    }

    private static List<PeerSnapshot> peers(Torrent torrent)
            throws InterruptedException, ExecutionException, TimeoutException {
        return torrent.peers().toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private void await(BooleanSupplier condition, String complaint)
            throws InterruptedException, TimeoutException {
        ticker.await(condition, patience, SAMPLE, complaint);
    }

    /**
     * The links that there were. {@link #look} belongs to the thread of the looks. Each answer
     * comes on a thread of its own: one may be overtaken by the next, hence the numbers and the
     * lock.
     *
     * <p>An engine that has just begun takes up the links of the one before, and does not know them
     * for a moment: who is missing then is not lost, unless he stays missing or counts from 0.
     */
    private final class Links {
        private final Optional<Engine> first;
        private final Map<InetSocketAddress, Long> last = new HashMap<>();
        private final Set<InetSocketAddress> dropped = new HashSet<>();
        private long asked;
        private long seen;
        private boolean back = true;
        private long awayNanos; // when the first was missed; means nothing while all are back
        private long longestNanos;

        Links(Map<InetSocketAddress, Long> present, Optional<Engine> engine) {
            first = engine;
            last.putAll(present);
        }

        void look() {
            long number = ++asked;
            boolean complete = host.engine().equals(first);
            present()
                    .ifPresentOrElse(
                            now -> {
                                var _ =
                                        now.peers()
                                                .thenAccept(peers ->
                                                        see(number, bytesOf(peers), complete));
                            },
                            () -> see(number, Map.of(), false));
        }

        /**
         * @param complete whether who is missing is lost
         */
        synchronized void see(long number, Map<InetSocketAddress, Long> now, boolean complete) {
            if (number <= seen) {
                return; // older than what is known: it has fewer bytes although no link was lost
            }
            seen = number;
            count(now.size());
            last.replaceAll((peer, before) -> {
                long bytes = now.getOrDefault(peer, complete ? -1L : before);
                if (bytes < before) { // a new link to the same address counts from 0
                    dropped.add(peer);
                }
                return Math.max(bytes, before);
            });
        }

        private void count(int linked) {
            long nanos = ticker.nanoTime();
            boolean all = linked >= last.size();
            if (!all && back) {
                awayNanos = nanos;
            }
            if (!all || !back) {
                longestNanos = Math.max(longestNanos, nanos - awayNanos);
            }
            back = all;
        }

        synchronized boolean areBack() {
            return back;
        }

        synchronized long longestNanos() {
            return longestNanos;
        }

        synchronized int dropped() {
            return dropped.size();
        }
    }

    /** The stream of blocks. {@link #look} belongs to the thread of the looks. */
    private final class Flow {
        private long bytes = moved();
        private long lastNanos = ticker.nanoTime();
        private long sinceExchange;
        private volatile boolean exchanged;
        private volatile boolean flowing;
        private volatile long longestNanos;

        /** A new engine counts from 0: only what grows is something that came. */
        void look() {
            long now = moved();
            long nanos = ticker.nanoTime();
            longestNanos = Math.max(longestNanos, nanos - lastNanos);
            if (now > bytes) {
                lastNanos = nanos;
                sinceExchange += exchanged ? now - bytes : 0;
                flowing = sinceExchange >= FLOW_BYTES;
            }
            bytes = now;
        }

        private long moved() {
            return host.engine().map(Engine::status).map(direction::bytesOf).orElse(0L);
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
