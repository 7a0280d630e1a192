package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer says again and again counts once, and what changes is told again. */
@Timeout(60)
class FloodTest extends TwoMachines {
    private static final int DHT_PORT = 9;
    private static final int UNCHOKE = 1;
    private static final int INTERESTED = 2;
    private static final int HAVE = 4;
    private static final int REQUEST = 6;
    private static final int BLOCK = 7;
    private static final int CANCEL = 8;
    private static final int HAVE_ALL = 14;
    private static final int REJECT = 16;
    private static final int ALLOWED_FAST = 17;
    private static final int EXTENDED = 20;
    private static final byte DONT_HAVE = 7; // as we name it in our handshake
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

    @Test
    void whoCancelsAllThatIsAheadGetsTheRestWithoutAskingAgain() throws Exception {
        int count = 20;
        int ahead = 8; // 128 KiB
        Torrent torrent = seed(Payload.single("many.bin", count * BYTES, BYTES, 87));
        done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 1L)));
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            stranger.send(INTERESTED, new byte[0]);
            Waiting.until(() -> stranger.heard(UNCHOKE) == 1);
            for (int i = 0; i < count; i++) {
                stranger.send(REQUEST, request(i));
            }
            for (int i = 0; i < ahead; i++) {
                stranger.send(CANCEL, request(i));
            }
            Waiting.until(() -> stranger.heard(REJECT) == ahead);
            done(torrent.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 0L)));
            Waiting.until(() -> stranger.heard(BLOCK) == count - ahead);
        }
    }

    @Test
    void whoHasAllAndNotAllAgainAndAgainIsLeft() throws Exception {
        machine.start(Machine.settings(here));
        Payload payload = Payload.single("two.bin", 2 * BYTES, BYTES, 84);
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            stranger.send(HAVE_ALL, new byte[0]);
            Waiting.until(() -> stranger.heard(INTERESTED) == 1);
            for (int i = 0; i < 20; i++) {
                turn(stranger);
            }
            stranger.send(REQUEST, request(0));
            Waiting.until(() -> stranger.heard(REJECT) == 1); // so far all is well
            for (int i = 0; i < 100; i++) {
                turn(stranger);
            }
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
        }
    }

    @Test
    void whoRefusesAllIsAskedNowAndThenUntilItBringsSomething() throws Exception {
        machine.start(Machine.settings(here));
        Payload payload = Payload.single("many.bin", 200 * BYTES, BYTES, 86);
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            stranger.when(REQUEST, asked -> stranger.send(REJECT, bytes(asked, asked.remaining())));
            stranger.send(HAVE_ALL, new byte[0]);
            long began = System.nanoTime();
            stranger.send(UNCHOKE, new byte[0]);
            // At once 64, and those that were under way then: 16 at most. Of three more, one a
            // second, the first may come at once and the second soon.
            Waiting.until(() -> stranger.heard(REQUEST) >= 64 + 16 + 3);
            assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
            stranger.when(REQUEST, asked -> stranger.send(BLOCK, block(payload, asked)));
            Waiting.until(() -> stranger.heard(REQUEST) > 120);
        }
    }

    private static byte[] bytes(ByteBuffer from, int count) {
        byte[] bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }

    /** The answer to a request. */
    private static byte[] block(Payload payload, ByteBuffer asked) {
        int piece = asked.getInt();
        int begin = asked.getInt();
        return ByteBuffer.allocate(2 * Integer.BYTES + BYTES)
                .putInt(piece)
                .putInt(begin)
                .put(payload.bytes(), piece * BYTES, BYTES)
                .array();
    }

    /** Loses a piece and has it again. */
    private static void turn(Stranger stranger) throws IOException {
        stranger.send(EXTENDED, new byte[] {DONT_HAVE, 0, 0, 0, 0});
        stranger.send(HAVE, new byte[4]);
    }

    @Test
    void aLaterHandshakeTakesNothingBackThatItDoesNotMention() throws Exception {
        Payload payload =
                new Payload("two", BYTES, TorrentVersion.V1, 85).with(BYTES, "a").with(BYTES, "b");
        payload.write(here);
        Files.delete(payload.target(here, List.of("b")));
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        try (Stranger stranger = new Stranger(address(machine), torrent.infoHash().wireHash(), 0)) {
            byte[] hello = "\0d11:upload_onlyi1ee".getBytes(StandardCharsets.ISO_8859_1);
            stranger.send(EXTENDED, hello);
            stranger.listensOn(50_001);
            stranger.send(REQUEST, request(1));
            Waiting.until(() -> stranger.heard(REJECT) == 1);
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
            done(torrent.setFilePriorities(Map.of(1, Priority.SKIP)));
            // Neither side wants anything any more.
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
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
