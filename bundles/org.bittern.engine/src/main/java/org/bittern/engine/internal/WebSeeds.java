package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.HttpUrl;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol;
import org.bittern.spi.peer.WebSeedProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP servers that hold a torrent's files (BEP 19), as peers of its swarm. Owned by the
 * torrent's loop. A server that fails is tried again later and later; one that does not have the
 * files, or lies, never again in this run.
 */
final class WebSeeds {
    /** Servers that a torrent downloads from at a time. */
    private static final int MOST_OPEN = 4;

    /** Servers of a torrent that are looked at. */
    private static final int MOST_SERVERS = 100;

    private static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_RETRY_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final int MOST_DOUBLINGS = 8;
    private static final Logger log = LoggerFactory.getLogger(WebSeeds.class);

    private final TorrentCore torrent;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private EventLoop.Timer retry = () -> {};

    /** One server. */
    private static final class Server {
        final String url;
        final InetSocketAddress address; // unresolved: names are looked up where they are used
        @Nullable PeerSession peer; // null while there is no link
        boolean useless;
        int failures;
        long readyNanos;

        Server(String url, InetSocketAddress address, long nowNanos) {
            this.url = url;
            this.address = address;
            readyNanos = nowNanos;
        }
    }

    WebSeeds(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** Links to servers that are open. */
    int open() {
        int open = 0;
        for (Server server : servers.values()) {
            open += server.peer != null && server.peer.isOpen() ? 1 : 0;
        }
        return open;
    }

    /** Each server of the metadata, or before that of the link, that has an address. */
    List<WebSeedSnapshot> snapshots() {
        Content content = torrent.content();
        learn(
                content != null
                        ? content.metainfo().webSeeds()
                        : torrent.beginning().magnet().map(Magnet::webSeeds).orElse(List.of()));
        long now = torrent.loop().nanoTime();
        return servers.values().stream()
                .map(server -> {
                    PeerSession peer = server.peer;
                    return new WebSeedSnapshot(
                            server.url,
                            peer != null && peer.outstanding() > 0,
                            peer == null ? 0 : peer.down().rate().rate(now));
                })
                .toList();
    }

    /** Opens links where that is of use now; whatever may change that calls this. */
    void refresh() {
        retry.cancel();
        Content content = torrent.content();
        Optional<WebSeedProtocol> protocol = torrent.session().parts().webSeeds();
        if (content == null || protocol.isEmpty() || !torrent.downloads()) {
            return;
        }
        learn(content.metainfo().webSeeds());
        long now = torrent.loop().nanoTime();
        int busy = 0;
        for (Server server : servers.values()) {
            busy += server.peer == null ? 0 : 1;
        }
        long soonest = Long.MAX_VALUE;
        for (Server server : servers.values()) {
            if (server.peer != null || server.useless || busy == MOST_OPEN) {
                continue;
            }
            if (server.readyNanos - now > 0) {
                soonest = Math.min(soonest, server.readyNanos - now);
            } else if (torrent.session().budget().accept()) {
                busy++;
                open(server, content.metainfo(), protocol.get());
            } else {
                soonest = Math.min(soonest, FIRST_RETRY_NANOS); // nobody tells of a free place
                break;
            }
        }
        if (soonest < Long.MAX_VALUE) {
            retry = torrent.loop().schedule(soonest, () -> torrent.guard(this::refresh));
        }
    }

    private void learn(List<String> urls) {
        for (String url : urls.subList(0, Math.min(MOST_SERVERS, urls.size()))) {
            if (!servers.containsKey(url)) {
                long now = torrent.loop().nanoTime();
                address(url).ifPresent(at -> servers.put(url, new Server(url, at, now)));
            }
        }
    }

    private Optional<InetSocketAddress> address(String url) {
        try {
            HttpUrl at = HttpUrl.parse(url);
            return Optional.of(InetSocketAddress.createUnresolved(at.host(), at.port()));
        } catch (MalformedURLException e) {
            log.debug("{}: web seed {}: {}", torrent.name(), url, e.getMessage());
            return Optional.empty(); // other programs write such things; the rest is of use
        }
    }

    private void open(Server server, Metainfo metainfo, WebSeedProtocol protocol) {
        byte[] id = new byte[PeerProtocol.HASH_BYTES];
        torrent.session().random().nextBytes(id);
        PeerSession peer = new PeerSession(torrent, PeerOrigin.webSeed(server.address), null);
        server.peer = peer;
        protocol.open(
                torrent.loop(),
                new WebSeedProtocol.Seed(server.url, metainfo, torrent.links().down()),
                id,
                new GuardedEvents(torrent, new Heard(server, peer, protocol)));
    }

    private void closed(Heard link, boolean forGood, String reason) {
        Server server = link.server;
        server.peer = null;
        server.useless |= forGood;
        if (Optional.of(link.by).equals(torrent.session().parts().webSeeds())) {
            server.failures = link.peer.down().receivedBytes() > 0 ? 1 : server.failures + 1;
            long delay = FIRST_RETRY_NANOS << Math.min(MOST_DOUBLINGS, server.failures - 1);
            server.readyNanos = torrent.loop().nanoTime() + Math.min(LONGEST_RETRY_NANOS, delay);
        } // else its bundle has left: the server did nothing wrong, and the next one may ask it at
        // once
        log.debug("{}: web seed {} ends: {}", torrent.name(), server.address, reason);
        torrent.touch();
        refresh();
    }

    /** A server sent bad data. */
    void ban(InetSocketAddress address) {
        for (Server server : servers.values()) {
            if (server.address.equals(address)) {
                server.useless = true;
                if (server.peer != null) {
                    server.peer.close("banned: it sent bad data");
                }
            }
        }
    }

    /** Hears how a link ends, beside the peer. */
    private final class Heard implements LinkEvents {
        private final Server server;
        private final PeerSession peer;
        private final WebSeedProtocol by;

        Heard(Server server, PeerSession peer, WebSeedProtocol by) {
            this.server = server;
            this.peer = peer;
            this.by = by;
        }

        @Override
        public void opened(PeerLink link) {
            peer.opened(link);
            torrent.wake();
        }

        @Override
        public void message(PeerMessage message) {
            peer.message(message);
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            peer.block(piece, begin, data);
        }

        @Override
        public void progress(int bytes) {
            peer.progress(bytes);
        }

        @Override
        public void blockSent(int piece, int begin, int length) {
            peer.blockSent(piece, begin, length);
        }

        @Override
        public void closed(boolean violation, String reason) {
            peer.closed(violation, reason);
            WebSeeds.this.closed(this, violation, reason);
        }
    }
}
