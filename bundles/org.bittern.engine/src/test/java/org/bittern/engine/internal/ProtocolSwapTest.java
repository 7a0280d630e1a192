package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.peer.internal.WirePeerProtocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One version of the peer protocol follows another while blocks go both ways. */
@Timeout(120)
class ProtocolSwapTest extends SlowDownloads {
    private static final int SWAPS = 6;

    ProtocolSwapTest() {
        super(53);
    }

    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void theLinkGoesOnAndNothingComesTwice(EngineSettings.Encryption encryption) throws Exception {
        Torrent torrent = download(encryption);
        WirePeerProtocol here = machine.protocol();
        WirePeerProtocol there = seeder.protocol();
        for (int swap = 1; swap <= SWAPS; swap++) {
            awaitBytes(torrent, swap * BYTES / (2 * SWAPS));
            here = exchange(machine, here, swap % 2 == 0);
            there = exchange(seeder, there, swap % 2 == 1);
        }
        awaitBytes(torrent, 3 * BYTES / 4);
        PeerSnapshot peer = done(torrent.peers()).getFirst();
        assertThat(peer.downloadedBytes()).as("the first link").isGreaterThan(BYTES / 2);
        assertThat(peer.encrypted()).isEqualTo(encryption == EngineSettings.Encryption.REQUIRED);
        complete(torrent);
        TorrentSnapshot.Transfer moved = torrent.snapshot().transfer();
        assertThat(moved.wastedBytes()).isZero();
        assertThat(moved.downloadedBytes()).isEqualTo(BYTES);
    }

    /**
     * @param sideBySide the next one comes before the old one goes, not afterwards
     */
    private static WirePeerProtocol exchange(
            Machine machine, WirePeerProtocol old, boolean sideBySide) {
        WirePeerProtocol next = new WirePeerProtocol();
        if (sideBySide) {
            machine.parts.use(next);
            machine.leave(old);
        } else {
            machine.leave(old);
            machine.parts.use(next);
        }
        return next;
    }

    private Torrent download(EngineSettings.Encryption encryption) throws Exception {
        Settings settings = Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption);
        seeder.start(Machine.settings(there).overlaid(settings));
        whole();
        machine.start(Machine.settings(here).overlaid(settings));
        return slowDownload();
    }
}
