package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.Magnet;
import org.bittern.spi.peer.PeerProtocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers are found by finders, which come and go. */
@Timeout(60)
class DiscoveryTest extends TwoMachines {
    private static final int BYTES = 300_000;

    private final Payload payload = Payload.single("one.bin", BYTES, 16_384, 51);

    @BeforeEach
    void begin() throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
    }

    @Test
    void announcesStartCompletionAndStopOnceEach() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of(address(seeder)));
        machine.parts.add(tracker);
        machine.start(Machine.settings(directory.resolve("here")));
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.SEEDING);
        done(torrent.reannounce());
        machine.stop();
        assertThat(tracker.told)
                .containsExactly("started " + BYTES, "completed 0", "now", "stopped 0");
    }

    @Test
    void announcesNoCompletionOfWhatWasComplete() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        seeder.parts.add(tracker);
        Torrent torrent = seeder.engine().torrents().getFirst();
        Waiting.until(() -> tracker.told.contains("started 0"));
        done(torrent.stop());
        done(torrent.start());
        Waiting.state(torrent, TorrentState.SEEDING);
        done(seeder.engine().remove(torrent, false));
        assertThat(tracker.told)
                .containsExactly("started 0", "stopped 0", "started 0", "stopped 0");
    }

    @Test
    void passesOnWhatTrackersSay() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        seeder.parts.add(tracker);
        Torrent torrent = seeder.engine().torrents().getFirst();
        Waiting.until(() -> tracker.told.contains("started 0"));
        tracker.answered(TrackerSnapshot.Status.WORKING, "moves soon");
        TorrentError warning = new TorrentError(TorrentError.Kind.TRACKER_WARNING, "moves soon");
        Waiting.until(() -> torrent.snapshot().error().equals(Optional.of(warning)));
        tracker.answered(TrackerSnapshot.Status.ERROR, "gone");
        TorrentError error = new TorrentError(TorrentError.Kind.TRACKER_ERROR, "gone");
        Waiting.until(() -> torrent.snapshot().error().equals(Optional.of(error)));
        assertThat(torrent.snapshot().state()).isEqualTo(TorrentState.SEEDING);
        tracker.answered(TrackerSnapshot.Status.WORKING, "");
        Waiting.until(() -> torrent.snapshot().error().isEmpty());
    }

    @Test
    void remembersWhatTrackersSaidWhileTheTorrentIsStopped() throws Exception {
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        seeder.parts.add(tracker);
        Torrent torrent = seeder.engine().torrents().getFirst();
        done(torrent.setTrackers(List.of(List.of("http://127.0.0.1:1/announce"))));
        Waiting.until(() -> tracker.told.contains("started 0"));
        tracker.answered(TrackerSnapshot.Status.WORKING, "");
        done(torrent.stop());
        Waiting.state(torrent, TorrentState.STOPPED);
        TrackerSnapshot last = done(torrent.trackers()).getFirst();
        assertThat(last.status()).isEqualTo(TrackerSnapshot.Status.NOT_CONTACTED);
        assertThat(last.seeders()).isEqualTo(7);
        assertThat(last.lastAnnounceSucceeded()).isTrue();
        assertThat(last.nextAnnounce()).isNull();
    }

    /** WebTorrent's trackers stand in many torrents, and are none that we can use. */
    @Test
    void aTrackerThatWeCannotUseKeepsNoneFromBeingChanged() throws Exception {
        Magnet link =
                Magnet.parse(
                        "magnet:?xt=urn:btih:"
                                + "ab".repeat(20)
                                + "&tr=udp://a:1&tr=wss://b&tr=wss://c");
        Torrent torrent = seeder.add(AddTorrent.link(link));
        done(torrent.editTrackers(List.of("http://d/announce"), Set.of(), Map.of()));
        assertThat(urls(torrent))
                .containsExactlyInAnyOrder("udp://a:1", "wss://b", "wss://c", "http://d/announce");
        int second = numberOf(torrent, "wss://c");
        done(torrent.editTrackers(List.of(), Set.of(second), Map.of()));
        assertThatThrownBy(() ->
                        done(
                                torrent.editTrackers(
                                        List.of(),
                                        Set.of(),
                                        Map.of(numberOf(torrent, "udp://a:1"), "wss://e"))))
                .hasRootCauseInstanceOf(EngineException.class);
        done(torrent.setTrackers(List.of(List.of("wss://b", "udp://f:1"))));
        assertThat(urls(torrent)).containsExactly("wss://b", "udp://f:1");
    }

    private static List<String> urls(Torrent torrent) throws Exception {
        return done(torrent.trackers()).stream().map(TrackerSnapshot::url).toList();
    }

    private static int numberOf(Torrent torrent, String url) throws Exception {
        return done(torrent.trackers()).stream()
                .filter(tracker -> tracker.url().equals(url))
                .findFirst()
                .orElseThrow()
                .number();
    }

    @Test
    void usesAFinderThatComesLateAndNoneThatIsSwitchedOff() throws Exception {
        FakeFinder dht = new FakeFinder("dht", List.of(address(seeder)));
        machine.start(
                Machine.settings(directory.resolve("here"))
                        .with(NetworkSettings.DHT_ENABLED, false));
        Torrent torrent = machine.add(payload.request());
        machine.parts.add(dht);
        done(torrent.reannounce());
        assertThat(dht.told).isEmpty();
        done(machine.engine().apply(Settings.EMPTY.with(NetworkSettings.DHT_ENABLED, true)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(done(torrent.peers())).allMatch(peer -> peer.source().equals("dht"));
    }

    @Test
    void hearsOfPeersFromPeers() throws Exception {
        machine.start(Machine.settings(directory.resolve("here")));
        Torrent between = machine.add(payload.request());
        done(between.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 4_000L)));
        done(between.addPeer(address(seeder)));
        Waiting.until(() -> between.snapshot().swarm().connected() == 1);
        try (Machine third = new Machine()) {
            third.start(Machine.settings(directory.resolve("third")));
            Torrent torrent = third.add(payload.request());
            done(torrent.addPeer(address(machine)));
            Waiting.state(torrent, TorrentState.SEEDING);
            assertThat(between.snapshot().progress().complete()).isFalse();
        }
    }

    @Test
    void dialsAnewWhenThePeerProtocolIsExchanged() throws Exception {
        machine.start(Machine.settings(directory.resolve("here")));
        Torrent torrent = machine.add(payload.request());
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 50_000L)));
        done(torrent.addPeer(address(seeder)));
        Waiting.until(() -> torrent.snapshot().transfer().downloadedBytes() > 20_000);
        PeerProtocol old = machine.parts.protocol().orElseThrow();
        machine.parts.drop(old);
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
        long begin = System.nanoTime();
        machine.parts.use(old);
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(20);
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void saysNothingNewWhileNothingMoves() {
        Torrent torrent = seeder.engine().torrents().getFirst();
        long revision = seeder.engine().changesSince(0).revision();
        Waiting.quiet(() -> torrent.snapshot().revision());
        assertThat(seeder.engine().changesSince(revision).changed()).hasSizeLessThan(2);
        long later = seeder.engine().changesSince(0).revision();
        Waiting.quiet(() -> torrent.snapshot().revision());
        assertThat(seeder.engine().changesSince(later).changed()).isEmpty();
    }
}
