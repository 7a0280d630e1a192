package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * The searches of a torrent: one with each finder that is there, allowed and switched on. Owned by
 * the torrent's loop. What they find goes to the {@link Dialler}.
 */
final class Discovery {
    /** So long a goodbye may take before it is given up. */
    private static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);

    /** Peers of one peer exchange message that are looked at (BEP 11). */
    private static final int MOST_EXCHANGED = 50;

    private final TorrentCore torrent;
    private final byte[] peerId;
    private final int key;
    private final Map<PeerFinder, Search> searches = new LinkedHashMap<>(4);
    private final TrackerList trackers;
    private boolean running;
    private List<TrackerSnapshot> heard = List.of(); // before the last stop
    private @Nullable TorrentError trouble; // null unless a tracker warns or none works
    private Optional<TorrentSnapshot.Estimate> estimate = Optional.empty();

    Discovery(TorrentCore torrent, byte[] peerId, List<List<String>> tiers) {
        this.torrent = torrent;
        this.peerId = peerId;
        trackers = new TrackerList(tiers);
        key = torrent.session().random().nextInt();
    }

    /** Begins all searches that are not running. */
    void start() {
        running = true;
        for (PeerFinder finder : torrent.session().parts().finders()) {
            if (!searches.containsKey(finder) && usable(finder)) {
                begin(finder);
            }
        }
    }

    private boolean usable(PeerFinder finder) {
        return torrent.session().binding().isOpen()
                && (!torrent.isPrivate() || finder.allowsPrivate())
                && switch (finder.name()) {
                    case "tracker" -> true;
                    case "dht" ->
                            torrent.session().setting(NetworkSettings.DHT_ENABLED)
                                    && torrent.session().letsDatagramsThrough();
                    case "lsd" ->
                            torrent.session().setting(NetworkSettings.LPD_ENABLED)
                                    && !torrent.session().proxiesPeers();
                    default -> !torrent.session().proxiesPeers();
                };
    }

    private void begin(PeerFinder finder) {
        SearchSpec spec =
                new SearchSpec(
                        torrent.swarms(),
                        peerId,
                        key,
                        torrent.isPrivate(),
                        asked(),
                        torrent.session().listenPort(),
                        torrent.session().binding().senders(),
                        torrent.loop(),
                        () -> torrent.tally().told().reachedAt(torrent.session().mappedPort()));
        torrent.tellTally();
        searches.put(finder, finder.search(spec, nodes(), new Found(finder.name())));
    }

    /** First nodes of the DHT: those of the settings and of the torrent file (BEP 5). */
    private List<String> nodes() {
        List<String> nodes =
                new ArrayList<>(torrent.session().setting(NetworkSettings.DHT_BOOTSTRAP));
        Content content = torrent.content();
        if (content != null) {
            content.metainfo().nodes().forEach(node -> nodes.add(node.toString()));
        }
        return nodes;
    }

    /** Settings of the session changed. */
    void settingsChanged(Set<String> keys) {
        if (keys.contains(EngineSettings.DEFAULT_TRACKERS.name())) {
            trackersChanged();
        }
        refresh();
    }

    /** Finders came or went, or settings or the privacy of the torrent changed. */
    void refresh() {
        List<PeerFinder> present = torrent.session().parts().finders();
        for (PeerFinder finder : List.copyOf(searches.keySet())) {
            if (!present.contains(finder)) {
                searches.remove(finder); // it ends its searches itself
            } else if (!usable(finder)) {
                Search search = searches.remove(finder);
                if (search != null) {
                    search.stop(delivered -> {});
                }
            }
        }
        if (running) {
            start();
        }
    }

    /** The metadata has come: it may say that the torrent is private, or in another swarm too. */
    void metadataKnown() {
        refresh();
        searches.values().forEach(search -> search.swarms(torrent.swarms()));
    }

    /** Says goodbye and begins anew: the port or the addresses changed. */
    void restart() {
        if (running) {
            stop(torrent.loop(), () -> {});
            start();
        }
    }

    /**
     * Says goodbye everywhere.
     *
     * @param done called once, when all goodbyes are delivered or given up
     */
    void stop(EventLoop loop, Runnable done) {
        running = false;
        if (!searches.isEmpty()) {
            heard = status();
        }
        List<Search> ending = new ArrayList<>(searches.values());
        searches.clear();
        if (ending.isEmpty()) {
            done.run();
            return;
        }
        torrent.tellTally();
        Goodbye goodbye = new Goodbye(ending.size(), done);
        goodbye.giveUp = loop.schedule(GOODBYE_NANOS, goodbye::finish);
        ending.forEach(search -> search.stop(goodbye));
    }

    void now() {
        torrent.tellTally();
        searches.values().forEach(Search::now);
    }

    void wantPeers() {
        torrent.tellTally();
        searches.values().forEach(Search::wantPeers);
    }

    void completed() {
        torrent.tellTally();
        searches.values().forEach(Search::completed);
    }

    TrackerList trackers() {
        return trackers;
    }

    void trackers(List<List<String>> changed) {
        trackers.replace(changed);
        trackersChanged();
    }

    /** Other trackers are to be asked than before. */
    private void trackersChanged() {
        searches.values().forEach(search -> search.trackers(asked()));
    }

    /** The trackers of the torrent, and those that every public torrent has too. */
    private List<List<String>> asked() {
        return torrent.isPrivate()
                ? trackers.tiers()
                : trackers.with(
                        Announces.tiers(
                                torrent.session().setting(EngineSettings.DEFAULT_TRACKERS)));
    }

    List<TrackerSnapshot> status() {
        List<TrackerSnapshot> all = new ArrayList<>();
        for (Search search : searches.values()) {
            for (TrackerSnapshot tracker : search.status()) {
                all.add(numbered(tracker));
            }
        }
        return all.isEmpty() ? idle() : all;
    }

    private TrackerSnapshot numbered(TrackerSnapshot tracker) {
        return told(tracker, tracker.tier(), tracker.status(), tracker.nextAnnounce());
    }

    private TrackerSnapshot told(
            TrackerSnapshot tracker,
            int tier,
            TrackerSnapshot.Status status,
            @Nullable Instant nextAnnounce) {
        return new TrackerSnapshot(
                trackers.numberOf(tracker.url()),
                tier,
                tracker.url(),
                status,
                tracker.message(),
                tracker.seeders(),
                tracker.leechers(),
                tracker.downloads(),
                tracker.lastPeers(),
                tracker.lastAnnounce(),
                tracker.lastAnnounceSucceeded(),
                nextAnnounce,
                tracker.lastScrape());
    }

    /** The trackers while nothing is asked of them, with what they said before. */
    private List<TrackerSnapshot> idle() {
        List<TrackerSnapshot> all = new ArrayList<>();
        List<List<String>> tiers = asked();
        for (int tier = 0; tier < tiers.size(); tier++) {
            for (String url : tiers.get(tier)) {
                TrackerSnapshot last =
                        heard.stream()
                                .filter(tracker -> tracker.url().equals(url))
                                .findFirst()
                                .orElseGet(() -> silent(url));
                all.add(told(last, tier, TrackerSnapshot.Status.NOT_CONTACTED, null));
            }
        }
        return all;
    }

    private static TrackerSnapshot silent(String url) {
        return new TrackerSnapshot(
                0,
                0,
                url,
                TrackerSnapshot.Status.NOT_CONTACTED,
                "",
                -1,
                -1,
                -1,
                0,
                null,
                false,
                null,
                null);
    }

    /** How large the swarm is by the DHT (BEP 33); empty while nobody has told. */
    Optional<TorrentSnapshot.Estimate> estimate() {
        return estimate;
    }

    /** What one that works warns of, or what is wrong when none does; null when all is well. */
    @Nullable TorrentError trouble() {
        return running ? trouble : null;
    }

    private static @Nullable TorrentError trouble(List<TrackerSnapshot> trackers) {
        TorrentError error = null;
        boolean works = false;
        for (TrackerSnapshot tracker : trackers) {
            String message = tracker.message();
            if (tracker.status() == TrackerSnapshot.Status.WORKING) {
                if (!message.isEmpty()) {
                    return new TorrentError(TorrentError.Kind.TRACKER_WARNING, message);
                }
                works = true;
            } else if (tracker.status() == TrackerSnapshot.Status.ERROR && error == null) {
                error = new TorrentError(TorrentError.Kind.TRACKER_ERROR, message);
            }
        }
        return works ? null : error;
    }

    /** A peer runs a DHT node. */
    void node(InetSocketAddress peer, int port) {
        if (!torrent.isPrivate() && port > 0) {
            InetSocketAddress node = new InetSocketAddress(peer.getAddress(), port);
            torrent.session().parts().finders().forEach(finder -> finder.node(node));
        }
    }

    /** A peer told us of others (BEP 11). */
    void exchanged(List<PeerMessage.PexPeer> named, boolean trusted) {
        if (torrent.isPrivate() || !torrent.session().setting(NetworkSettings.PEX_ENABLED)) {
            return;
        }
        List<InetSocketAddress> peers = new ArrayList<>();
        for (PeerMessage.PexPeer peer : named) {
            if (peers.size() < MOST_EXCHANGED) {
                peers.add(peer.address());
                if ((peer.flags() & ExtensionSide.PEX_UTP) != 0) {
                    torrent.dialler().utp().add(peer.address());
                }
            }
        }
        torrent.dialler().found(peers, "pex", trusted);
    }

    /** Counts goodbyes. */
    private static final class Goodbye implements Consumer<Boolean> {
        private final Runnable done;
        private int missing;
        private boolean finished;
        private EventLoop.Timer giveUp = () -> {};

        Goodbye(int missing, Runnable done) {
            this.missing = missing;
            this.done = done;
        }

        @Override
        public void accept(Boolean delivered) {
            if (--missing == 0) {
                finish();
            }
        }

        void finish() {
            if (!finished) {
                finished = true;
                giveUp.cancel();
                done.run();
            }
        }
    }

    /** Hears of peers from one finder. */
    private final class Found implements SearchListener {
        private final String source;

        Found(String source) {
            this.source = source;
        }

        @Override
        public void found(List<InetSocketAddress> peers, boolean trusted) {
            if (running) {
                torrent.dialler().found(peers, source, trusted);
            }
        }

        @Override
        public void statusChanged() {
            trouble = trouble(status());
            torrent.touch();
        }

        @Override
        public void externalAddress(InetAddress address) {
            torrent.dialler().externalAddress(address);
        }

        @Override
        public void estimated(int seeds, int downloaders) {
            estimate = Optional.of(new TorrentSnapshot.Estimate(seeds, downloaders));
            torrent.touch();
        }
    }
}
