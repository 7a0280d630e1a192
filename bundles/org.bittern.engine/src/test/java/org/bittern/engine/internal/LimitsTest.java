package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Magnet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings and options that bound what a torrent does; each is changed while it runs. */
@Timeout(60)
class LimitsTest {
    private static final int BYTES = 6_000_000;

    @TempDir Path directory;
    private final Payload payload = Payload.single("one.bin", BYTES, 65_536, 61);
    private Machine first;
    private Machine second;
    private Machine machine;

    @BeforeEach
    void begin() throws Exception {
        first = seeder("first");
        second = seeder("second");
        machine = new Machine();
        machine.start(Machine.settings(directory.resolve("here")));
    }

    private Machine seeder(String name) throws Exception {
        Machine seeder = new Machine();
        Path there = directory.resolve(name);
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        return seeder;
    }

    @AfterEach
    void end() {
        first.close();
        second.close();
        machine.close();
    }

    @Test
    void keepsToTheSessionsRateWhileItIsSwitchedOn() throws Exception {
        done(
                machine.engine()
                        .apply(
                                Settings.EMPTY
                                        .with(EngineSettings.SPEED_LIMIT_DOWN, 500_000L)
                                        .with(EngineSettings.SPEED_LIMIT_DOWN_ENABLED, true)));
        Torrent torrent = machine.add(payload.request());
        long begin = System.nanoTime();
        done(torrent.addPeer(address(first)));
        done(torrent.addPeer(address(second)));
        Waiting.until(() -> torrent.snapshot().transfer().downloadedBytes() >= 1_500_000);
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(1_500_000 / seconds).isLessThan(800_000);
        done(
                machine.engine()
                        .apply(
                                Settings.EMPTY.with(
                                        EngineSettings.SPEED_LIMIT_DOWN_ENABLED, false)));
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void hasNoMorePeersThanAllowed() throws Exception {
        Torrent torrent = slow();
        done(torrent.addPeer(address(first)));
        done(torrent.addPeer(address(second)));
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 2);
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.MAX_CONNECTIONS, 1)));
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
        Waiting.quiet(() -> torrent.snapshot().swarm().connected());
        assertThat(done(torrent.peers())).hasSize(1);
    }

    @Test
    void unchokesNobodyBeyondTheSlots() throws Exception {
        Torrent seed = first.engine().torrents().getFirst();
        done(first.engine().apply(Settings.EMPTY.with(EngineSettings.UPLOAD_SLOTS_PER_TORRENT, 1)));
        done(seed.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 200_000L)));
        Torrent one = slow();
        done(one.addPeer(address(first)));
        try (Machine other = new Machine()) {
            other.start(Machine.settings(directory.resolve("other")));
            Torrent two = other.add(payload.request());
            done(two.addPeer(address(first)));
            Waiting.until(() -> seed.snapshot().swarm().connected() == 2);
            Waiting.until(() -> done(seed.peers()).stream().allMatch(PeerSnapshot::peerInterested));
            Waiting.until(() ->
                    done(seed.peers()).stream().filter(peer -> !peer.amChoking()).count() == 1);
        }
    }

    @Test
    void downloadsAMagnetInOrderWhenAskedTo() throws Exception {
        AddTorrent request =
                AddTorrent.link(Magnet.of(payload.metainfo().infoHash()))
                        .with(
                                Settings.EMPTY
                                        .with(TorrentOptions.SEQUENTIAL, true)
                                        .with(TorrentOptions.DOWNLOAD_LIMIT, 1_000_000L));
        Torrent torrent = machine.add(request);
        done(torrent.addPeer(address(first)));
        Waiting.until(() -> torrent.snapshot().progress().piecesVerified() > 20);
        Bitfield pieces = done(torrent.pieces());
        int behind = pieces.cardinality() - pieces.nextClear(0);
        assertThat(behind).as("pieces behind the first gap").isLessThan(10);
    }

    private Torrent slow() throws Exception {
        Torrent torrent = machine.add(payload.request());
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 100_000L)));
        return torrent;
    }
}
