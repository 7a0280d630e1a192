package org.bittern.engine.internal;

import static org.awaitility.Awaitility.await;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers that begin a handshake and never end it. */
@Timeout(60)
class HalfHandshakesTest extends TwoMachines {
    private static final int PLACES = 8;

    private final Payload payload = Payload.single("one.bin", 300_000, 16_384, 52);
    private final List<Socket> strangers = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
    }

    @AfterEach
    void end() throws Exception {
        for (Socket stranger : strangers) {
            stranger.close();
        }
    }

    @Test
    void keepNobodyOutAlthoughThereAreMoreThanPlaces() throws Exception {
        machine.start(
                Machine.settings(directory.resolve("here"))
                        .with(EngineSettings.PEER_LIMIT_PER_TORRENT, PLACES));
        Torrent torrent = machine.add(payload.request());
        for (int i = 0; i < 3 * PLACES; i++) {
            beginHandshake(torrent);
        }
        done(torrent.addPeer(address(seeder)));
        // Sooner than half handshakes end by themselves, which takes 20 seconds.
        await().atMost(Duration.ofSeconds(16))
                .until(() -> torrent.snapshot().state() == TorrentState.SEEDING);
    }

    /** Sends all but the peer id and waits for the answer: the stranger has a place then. */
    private void beginHandshake(Torrent torrent) throws Exception {
        InetSocketAddress there = address(machine);
        Socket stranger = new Socket(there.getAddress(), there.getPort());
        strangers.add(stranger);
        ByteArrayOutputStream begin = new ByteArrayOutputStream();
        begin.write(19);
        begin.writeBytes("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII));
        begin.writeBytes(new byte[8]);
        begin.writeBytes(torrent.infoHash().wireHash());
        begin.writeTo(stranger.getOutputStream());
        stranger.getInputStream().read();
    }
}
