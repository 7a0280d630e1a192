package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.Encryption;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.net.internal.UdpPorts;
import org.bittern.utp.internal.UtpTransport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links over uTP and TCP: which one is taken, and what the settings do about it. */
@Timeout(60)
class TransportChoiceTest extends TwoMachines {
    private static final Settings ONLY_UTP =
            Settings.EMPTY.with(NetworkSettings.TCP_ENABLED, false);
    private static final Settings ONLY_TCP =
            Settings.EMPTY.with(NetworkSettings.UTP_ENABLED, false);

    private UtpTransport seederUtp;
    private Payload payload;

    @BeforeEach
    void begin() throws Exception {
        seederUtp = new UtpTransport(new UdpPorts(seeder.loops, seeder.egress));
        seeder.parts.add(seederUtp);
        machine.parts.add(new UtpTransport(new UdpPorts(machine.loops, machine.egress)));
        payload = Payload.single("one.bin", 1_000_000, 65_536, 8);
    }

    @Test
    void transfersOverUtpWhenTcpIsOff() throws Exception {
        assertThat(transport(ONLY_UTP, ONLY_UTP)).isEqualTo("utp");
    }

    @Test
    void encryptsOverUtpAsWell() throws Exception {
        Settings encrypted = ONLY_UTP.with(EngineSettings.ENCRYPTION, Encryption.REQUIRED);
        assertThat(transport(encrypted, encrypted)).isEqualTo("utp");
    }

    @Test
    void takesTcpOnTheLocalNetwork() throws Exception {
        assertThat(transport(Settings.EMPTY, Settings.EMPTY)).isEqualTo("tcp");
    }

    @Test
    void reachesWhoSpeaksOnlyOneOfThem() throws Exception {
        assertThat(transport(ONLY_UTP, Settings.EMPTY)).isEqualTo("utp");
    }

    @Test
    void takesTcpWhenThePeerHasNoUtpThoughItIsSaidTo() throws Exception {
        seed(ONLY_TCP);
        Torrent leech = leech(Settings.EMPTY);
        speaksUtp(leech, address(seeder));
        done(leech.addPeer(address(seeder)));
        assertThat(peer(leech).transport()).isEqualTo("tcp");
    }

    @Test
    void takesUtpWhereThePeerIsKnownToSpeakIt() throws Exception {
        seed(Settings.EMPTY);
        Torrent leech = leech(Settings.EMPTY);
        speaksUtp(leech, address(seeder));
        done(leech.addPeer(address(seeder)));
        assertThat(peer(leech).transport()).isEqualTo("utp");
    }

    @Test
    void settingsActOnARunningEngine() throws Exception {
        seed(ONLY_TCP);
        Torrent leech = leech(ONLY_UTP);
        InetSocketAddress before = address(seeder);
        done(seeder.engine().apply(ONLY_UTP.with(NetworkSettings.UTP_ENABLED, true)));
        assertThat(address(seeder)).as("the port stays").isEqualTo(before);
        done(leech.addPeer(address(seeder)));
        assertThat(peer(leech).transport()).isEqualTo("utp");
    }

    @Test
    void goesOnOverTcpWhenUtpIsTakenAway() throws Exception {
        seed(Settings.EMPTY);
        Torrent leech = leech(Settings.EMPTY);
        speaksUtp(leech, address(seeder));
        done(leech.addPeer(address(seeder)));
        assertThat(peer(leech).transport()).isEqualTo("utp");
        done(leech.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        seeder.parts.remove(seederUtp);
        Machine.deactivate(seederUtp);
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    private String transport(Settings seeds, Settings leeches) throws Exception {
        seed(seeds);
        Torrent leech = leech(leeches);
        done(leech.addPeer(address(seeder)));
        String transport = peer(leech).transport();
        done(leech.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        return transport;
    }

    private void seed(Settings settings) throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there).overlaid(settings));
        Torrent seed = seeder.add(payload.request());
        Waiting.state(seed, TorrentState.SEEDING);
    }

    /** Slow, so that there is a link to look at. */
    private Torrent leech(Settings settings) throws Exception {
        machine.start(Machine.settings(here).overlaid(settings));
        return machine.add(
                payload.request()
                        .with(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 50_000L)));
    }

    private static void speaksUtp(Torrent torrent, InetSocketAddress peer) {
        TorrentHandle handle = (TorrentHandle) torrent;
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        handle.loop()
                .execute(() -> {
                    handle.core().dialler().utp().add(peer);
                    told.complete(true);
                });
        done(told);
    }

    private static PeerSnapshot peer(Torrent torrent) throws Exception {
        Waiting.until(() -> done(torrent.peers()).size() == 1);
        return done(torrent.peers()).getFirst();
    }
}
