package org.bittern.simulation;

import java.nio.file.Path;
import java.time.Duration;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Those who are of no use have all the places. */
@Timeout(60)
class FullSwarmTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x510e_0021;
    private static final int PLACES = 2;

    @TempDir Path directory;

    @Test
    void theIdleMakeRoomForASeedThatComesLate() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(256 * KIB, 32 * KIB, SEED);
        Settings few = Settings.EMPTY.with(EngineSettings.PEER_LIMIT_PER_TORRENT, PLACES);
        Machine leecher = world.machine(0, 0).with(few).start().add(payload);
        for (int i = 0; i < PLACES; i++) {
            Machine idle = world.machine(0, 0).start().add(payload);
            world.await(idle.torrent(payload).pause()); // keeps its links and asks for nothing
        }
        world.poll(
                "full",
                () -> leecher.snapshot(payload).swarm().connected() == PLACES,
                Duration.ofMinutes(2));
        world.machine(0, 0).holding(payload).start().add(payload);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofHours(2));
        System.out.printf("seed %#x: complete after %.0f s%n", SEED, world.time().seconds());
        world.close();
    }
}
