package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One engine follows another while blocks go both ways, and peers notice nothing. */
@Timeout(120)
class EngineSwapTest extends SlowDownloads {
    private static final int SWAPS = 4;

    EngineSwapTest() {
        super(59);
    }

    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void theSeedOfAnExchangedEngineSeesOneLink(EngineSettings.Encryption encryption)
            throws Exception {
        Settings settings = download(encryption);
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
        download(EngineSettings.Encryption.DISABLED);
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
    private Settings download(EngineSettings.Encryption encryption) throws Exception {
        seeder.start(seederSettings(encryption), seederState());
        whole();
        Settings settings = settings(here, encryption).with(NetworkSettings.DHT_ENABLED, false);
        machine.start(settings, state());
        slowDownload();
        return settings;
    }

    private void awaitVerified(int bytes) {
        Torrent torrent = machine.engine().torrents().getFirst();
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() >= bytes);
    }

    private void complete() throws Exception {
        Torrent torrent = machine.engine().torrents().getFirst();
        complete(torrent);
        assertThat(torrent.snapshot().transfer().downloadedEverBytes())
                .as("nothing came twice")
                .isEqualTo(BYTES);
    }
}
