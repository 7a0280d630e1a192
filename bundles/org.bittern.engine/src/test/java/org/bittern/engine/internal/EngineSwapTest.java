package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One engine follows another while blocks go both ways, and peers notice nothing. */
@Timeout(120)
class EngineSwapTest extends TwoMachines {
    private static final int BYTES = 6_000_000;
    private static final int PIECE = 65_536;
    private static final int SLOW = 2_000_000;
    private static final int SWAPS = 4;

    private final Payload payload = Payload.single("one.bin", BYTES, PIECE, 59);

    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void theSeedOfAnExchangedEngineSeesOneLink(EngineSettings.Encryption encryption)
            throws Exception {
        Settings settings = slowDownload(encryption);
        Torrent seeding = seeder.engine().torrents().getFirst();
        PeerSnapshot first = onlyPeer(seeding);
        for (int swap = 1; swap <= SWAPS; swap++) {
            awaitVerified(swap * BYTES / (2 * SWAPS));
            machine.exchangeEngine(settings, state());
            assertThat(onlyPeer(seeding).address()).as("the same link").isEqualTo(first.address());
        }
        complete();
    }

    @Test
    void theDownloaderFromAnExchangedEngineSeesOneLink() throws Exception {
        slowDownload(EngineSettings.Encryption.DISABLED);
        Torrent torrent = machine.engine().torrents().getFirst();
        PeerSnapshot last = onlyPeer(torrent);
        for (int swap = 1; swap <= SWAPS; swap++) {
            awaitVerified(swap * BYTES / (2 * SWAPS));
            seeder.exchangeEngine(
                    seederSettings(EngineSettings.Encryption.DISABLED), seederState());
            PeerSnapshot peer = onlyPeer(torrent);
            assertThat(peer.downloadedBytes())
                    .as("over the same link")
                    .isGreaterThanOrEqualTo(last.downloadedBytes())
                    .isPositive();
            last = peer;
        }
        complete();
    }

    private static PeerSnapshot onlyPeer(Torrent torrent) throws Exception {
        Waiting.until(() -> !done(torrent.peers()).isEmpty());
        return done(torrent.peers()).getFirst();
    }

    private Path state() {
        return directory.resolve("state");
    }

    private Path seederState() {
        return directory.resolve("seeder-state");
    }

    private Settings seederSettings(EngineSettings.Encryption encryption) {
        return settings(there, encryption);
    }

    private static Settings settings(Path downloads, EngineSettings.Encryption encryption) {
        return Machine.settings(downloads).with(EngineSettings.ENCRYPTION, encryption);
    }

    /** Returns the settings of the engine that downloads. */
    private Settings slowDownload(EngineSettings.Encryption encryption) throws Exception {
        payload.write(there);
        seeder.start(seederSettings(encryption), seederState());
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        Settings settings = settings(here, encryption).with(NetworkSettings.DHT_ENABLED, false);
        machine.start(settings, state());
        Torrent torrent = machine.add(payload.request().with(limit(true)));
        done(torrent.addPeer(address(seeder)));
        return settings;
    }

    private static Settings limit(boolean enabled) {
        return Settings.EMPTY
                .with(TorrentOptions.DOWNLOAD_LIMIT, (long) SLOW)
                .with(TorrentOptions.DOWNLOAD_LIMITED, enabled);
    }

    private void awaitVerified(int bytes) {
        Torrent torrent = machine.engine().torrents().getFirst();
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() >= bytes);
    }

    private void complete() throws Exception {
        Torrent torrent = machine.engine().torrents().getFirst();
        done(torrent.setOptions(limit(false)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(torrent.snapshot().transfer().downloadedEverBytes())
                .as("nothing came twice")
                .isEqualTo(BYTES);
    }
}
