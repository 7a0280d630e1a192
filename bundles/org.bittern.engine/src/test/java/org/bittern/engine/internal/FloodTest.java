package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer says again and again counts once, and what changes is told again. */
@Timeout(60)
class FloodTest extends TwoMachines {
    private static final int DHT_PORT = 9;
    private static final int REQUEST = 6;
    private static final int BLOCK = 7;
    private static final int REJECT = 16;
    private static final int ALLOWED_FAST = 17;
    private static final int BYTES = 16_384;

    private Torrent seed(Payload payload) throws Exception {
        payload.write(here);
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.SEEDING);
        return torrent;
    }

    @Test
    void aPeerNamesOneNodeAndOnePortToListenOn() throws Exception {
        FakeFinder dht = new FakeFinder("dht", List.of());
        machine.parts.add(dht);
        Torrent torrent = seed(Payload.single("one.bin", BYTES, BYTES, 81));
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            for (int port = 50_000; port < 50_010; port++) {
                stranger.listensOn(port);
                stranger.send(DHT_PORT, ByteBuffer.allocate(2).putShort((short) port).array());
            }
            // It answers in the order of what it hears.
            stranger.send(REQUEST, request(0));
            Waiting.until(() -> stranger.heard(BLOCK) + stranger.heard(REJECT) > 0);
            assertThat(dht.told.stream().filter(told -> told.startsWith("node ")).toList())
                    .containsExactly("node 50000", "node 50001");
            done(torrent.reannounce()); // which publishes
            assertThat(torrent.snapshot().swarm().known()).isEqualTo(2); // from and to
        }
    }

    @Test
    void aChokedPeerHasWhatItIsAllowedTwiceAndNoMore() throws Exception {
        Torrent torrent = seed(Payload.single("one.bin", BYTES, BYTES, 82));
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            Waiting.until(() -> stranger.heard(ALLOWED_FAST) == 1);
            for (int i = 0; i < 10; i++) {
                stranger.send(REQUEST, request(0));
            }
            Waiting.until(() -> stranger.heard(BLOCK) + stranger.heard(REJECT) == 10);
            assertThat(stranger.heard(BLOCK)).isEqualTo(2);
        }
    }

    private static byte[] request(int piece) {
        return ByteBuffer.allocate(12).putInt(piece).putInt(0).putInt(BYTES).array();
    }

    @Test
    void aPeerHearsWhenSomethingIsWantedAgain() throws Exception {
        Payload payload =
                new Payload("two", BYTES, TorrentVersion.V1, 83).with(BYTES, "a").with(BYTES, "b");
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request().starting(AddTorrent.Start.STOPPED));
        done(torrent.setFilePriorities(Map.of(1, Priority.SKIP)));
        done(torrent.start());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            done(torrent.addPeer(address(seeder)));
            Waiting.until(stranger::heardUploadOnly);
            done(seeder.engine().torrents().getFirst().stop());
            done(torrent.setFilePriorities(Map.of(1, Priority.NORMAL)));
            Waiting.until(() -> !stranger.heardUploadOnly());
        }
    }
}
