package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.spi.filter.IpFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two seeds at different addresses, one of which is blocked while it is at it. */
@Timeout(90)
class FilterTest {
    private static final InetAddress GOOD = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress BAD = InetAddress.ofLiteral("127.0.0.2");

    @TempDir Path directory;
    private final Payload payload = Payload.single("one.bin", 3_000_000, 16_384, 61);
    private final Filter filter = new Filter();
    private Machine good;
    private Machine bad;
    private Machine leecher;

    /** Blocks what it is told to. */
    private static final class Filter implements IpFilter {
        final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        volatile Set<InetAddress> blocked = Set.of();
        volatile boolean ready = true;

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public boolean blocks(InetAddress address) {
            return blocked.contains(address);
        }

        @Override
        public int rules() {
            return blocked.size();
        }

        @Override
        public Subscription onChange(Runnable changed) {
            listeners.add(changed);
            return () -> listeners.remove(changed);
        }

        void block(InetAddress... addresses) {
            blocked = Set.of(addresses);
            listeners.forEach(Runnable::run);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        good = seed(GOOD);
        bad = seed(BAD);
        leecher = new Machine();
        leecher.parts.add(filter);
        leecher.start(Machine.settings(directory.resolve("here")));
    }

    private Machine seed(InetAddress address) throws Exception {
        Path there = directory.resolve(address.getHostAddress());
        payload.write(there);
        Machine machine = new Machine();
        machine.start(
                Machine.settings(there)
                        .with(NetworkSettings.BIND_ADDRESS_IPV4, address.getHostAddress()));
        Waiting.state(machine.add(payload.request()), TorrentState.SEEDING);
        return machine;
    }

    @AfterEach
    void end() {
        good.close();
        bad.close();
        leecher.close();
    }

    private static InetSocketAddress at(Machine machine, InetAddress address) {
        return new InetSocketAddress(address, machine.engine().status().listenPort());
    }

    private static List<InetAddress> connected(Torrent torrent) {
        return done(torrent.peers()).stream()
                .map(PeerSnapshot::address)
                .map(InetSocketAddress::getAddress)
                .toList();
    }

    @Test
    void aChangeDropsTheBlockedPeerAndNoOther() throws Exception {
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        leecher.engine().subscribe(events::add);
        Torrent torrent = leecher.add(payload.request());
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 100_000L)));
        done(torrent.addPeer(at(good, GOOD)));
        done(torrent.addPeer(at(bad, BAD)));
        Waiting.until(() -> connected(torrent).containsAll(List.of(GOOD, BAD)));
        // A link is told apart by the leecher's end of it: one dialled anew has another port.
        Torrent atGood = good.engine().torrents().getFirst();
        InetSocketAddress link = done(atGood.peers()).getFirst().address();
        long sent = sentOver(link, atGood);
        filter.block(BAD);
        Waiting.until(() -> !connected(torrent).contains(BAD));
        Waiting.until(() ->
                events.stream()
                        .anyMatch(event ->
                                event instanceof EngineEvent.BlocklistUpdated updated
                                        && updated.rules() == 1));
        done(torrent.addPeer(at(bad, BAD)));
        Waiting.until(() -> sentOver(link, atGood) > sent || !isOpen(link, atGood));
        assertThat(isOpen(link, atGood)).as("the link to the other is the same").isTrue();
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(connected(torrent)).doesNotContain(BAD);
    }

    private static boolean isOpen(InetSocketAddress link, Torrent torrent) {
        return done(torrent.peers()).stream().anyMatch(peer -> peer.address().equals(link));
    }

    private static long sentOver(InetSocketAddress link, Torrent torrent) {
        return done(torrent.peers()).stream()
                .filter(peer -> peer.address().equals(link))
                .mapToLong(PeerSnapshot::uploadedBytes)
                .sum();
    }

    @Test
    void aBlockedPeerCannotComeInEither() throws Exception {
        filter.block(BAD);
        Torrent torrent = leecher.add(payload.request());
        Waiting.state(torrent, TorrentState.DOWNLOADING); // who comes before is turned away, too
        Torrent theirs = bad.engine().torrents().getFirst();
        done(theirs.addPeer(at(leecher, GOOD)));
        done(good.engine().torrents().getFirst().addPeer(at(leecher, GOOD)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(theirs.snapshot().transfer().uploadedBytes()).isZero();
    }

    @Test
    void aPeerStaysBlockedWhileTheFilterIsExchanged() {
        filter.block(BAD);
        leecher.parts.remove(filter);
        assertThat(leecher.parts.filters()).isEmpty();
        assertThat(leecher.parts.blocked(BAD)).as("there is none").isTrue();
        Filter next = new Filter();
        next.ready = false;
        leecher.parts.add(next);
        assertThat(leecher.parts.blocked(BAD)).as("the next one has not loaded").isTrue();
        assertThat(leecher.parts.blocked(GOOD)).isFalse();
        next.ready = true;
        assertThat(leecher.parts.blocked(BAD)).as("the next one has no rules").isFalse();
    }
}
