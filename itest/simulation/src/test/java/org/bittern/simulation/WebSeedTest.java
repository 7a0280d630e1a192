package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Web servers that hold a torrent's files, and when they are asked (BEP 19). */
@Timeout(180)
class WebSeedTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x510e_0019;
    private static final String URL = "http://server/simulated.bin";

    @TempDir Path directory;

    @Test
    void isAskedOnceThereIsAPlaceAmongTheConnections() {
        World world = new World(SEED, directory);
        Payload other = Payload.of(KIB * KIB, 64 * KIB, SEED);
        Payload payload = Payload.of(512 * KIB, 64 * KIB, SEED + 1, URL);
        SimWebServer server = new SimWebServer(payload);
        world.machine(KIB, 0).holding(other).start().add(other);
        Machine leecher =
                world.machine(0, 0)
                        .with(Settings.EMPTY.with(EngineSettings.PEER_LIMIT_GLOBAL, 1))
                        .web(server)
                        .start()
                        .add(other);
        world.until(
                "the place is taken",
                () -> leecher.snapshot(other).swarm().connected() == 1,
                Duration.ofMinutes(1));
        leecher.add(payload);
        world.run(Duration.ofMinutes(1));
        assertThat(server.asked()).isZero();
        world.await(leecher.torrent(other).stop());
        world.until("complete", () -> leecher.seeds(payload), Duration.ofSeconds(30));
        assertThat(leecher.holds(payload)).isTrue();
        world.close();
    }

    @Test
    void oneThatComesBackLaterIsMeasuredLikeAPeer() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(512 * KIB, 64 * KIB, SEED + 2, URL);
        SimWebServer server = new SimWebServer(payload);
        server.down(true);
        Machine leecher = world.machine(0, 0).web(server).start().add(payload);
        world.until("dialled", () -> server.asked() > 0, Duration.ofSeconds(10));
        world.run(Duration.ofSeconds(5)); // by then nothing needs a pulse
        server.down(false);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(1));
        world.run(Duration.ofMinutes(1));
        assertThat(leecher.snapshot(payload).transfer().downloadRate()).isZero();
        world.close();
    }
}
