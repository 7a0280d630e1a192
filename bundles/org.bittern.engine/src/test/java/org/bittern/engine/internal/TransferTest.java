package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines, one has it all, the other gets it. */
@Timeout(60)
class TransferTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir Path directory;

    @Test
    void seedsWhatIsThereToSomebodyWhoAsks() throws Exception {
        Payload payload = Payload.single("one.bin", 3_000_001, 65_536, 1);
        transfers(payload);
    }

    private void transfers(Payload payload) throws Exception {
        Path there = directory.resolve("there");
        Path here = directory.resolve("here");
        payload.write(there);
        try (Machine seeder = new Machine();
                Machine leecher = new Machine()) {
            seeder.start(Machine.settings(there));
            leecher.start(Machine.settings(here));
            Torrent seed = seeder.add(payload.request());
            await().atMost(PATIENCE).until(() -> seed.snapshot().state() == TorrentState.SEEDING);
            Torrent leech = leecher.add(payload.request());
            leech.addPeer(address(seeder)).toCompletableFuture().get(5, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> leech.snapshot().state() == TorrentState.SEEDING);
            assertThat(payload.wrongFiles(here)).isEmpty();
            assertThat(leech.snapshot().progress().fraction()).isEqualTo(1.0);
            assertThat(leech.snapshot().transfer().hashFailures()).isZero();
        }
    }

    static InetSocketAddress address(Machine machine) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), machine.engine().status().listenPort());
    }
}
