package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.peer.internal.WirePeerProtocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One version of the peer protocol follows another while blocks go both ways. */
@Timeout(120)
class ProtocolSwapTest extends TwoMachines {
    private static final int BYTES = 6_000_000;
    private static final int SLOW = 2_000_000;
    private static final int SWAPS = 6;

    private final Payload payload = Payload.single("one.bin", BYTES, 65_536, 53);

    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void theLinkGoesOnAndNothingComesTwice(EngineSettings.Encryption encryption) throws Exception {
        Torrent torrent = slowDownload(encryption);
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

    private Torrent slowDownload(EngineSettings.Encryption encryption) throws Exception {
        payload.write(there);
        Settings settings = Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption);
        seeder.start(Machine.settings(there).overlaid(settings));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here).overlaid(settings));
        Torrent torrent = machine.add(payload.request().with(limit(true)));
        done(torrent.addPeer(address(seeder)));
        return torrent;
    }

    private static Settings limit(boolean enabled) {
        return Settings.EMPTY
                .with(TorrentOptions.DOWNLOAD_LIMIT, (long) SLOW)
                .with(TorrentOptions.DOWNLOAD_LIMITED, enabled);
    }

    private static void awaitBytes(Torrent torrent, int bytes) {
        Waiting.until(() -> torrent.snapshot().transfer().downloadedBytes() >= bytes);
    }

    private void complete(Torrent torrent) throws Exception {
        done(torrent.setOptions(limit(false)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }
}
