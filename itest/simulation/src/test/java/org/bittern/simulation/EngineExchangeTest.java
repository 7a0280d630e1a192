package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines are exchanged under transfers. */
@Timeout(180)
class EngineExchangeTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x0e8d_0007;

    @TempDir Path directory;

    /**
     * A swarm in which somebody's engine is exchanged all the time; nobody else may lose a link.
     */
    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void noLinkIsLost(EngineSettings.Encryption encryption) {
        World world = new World(SEED, directory);
        Random random = new Random(SEED);
        Payload payload = Payload.of(2 * KIB * KIB, 32 * KIB, SEED);
        List<Machine> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Machine machine = world.machine(64 * KIB, 0);
            machine.with(Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption));
            if (i == 0) {
                machine.holding(payload);
            }
            all.add(machine.start().add(payload));
        }
        world.until(
                "links",
                () -> all.stream().allMatch(one -> one.peers(payload).size() == 3),
                Duration.ofSeconds(30));
        Map<Machine, Long> before = new HashMap<>(); // what came to engines that have gone
        int exchanges = 0;
        while (!all.stream().allMatch(machine -> machine.seeds(payload))) {
            Machine one = all.get(random.nextInt(all.size()));
            one.exchangeEngine(Duration.ofMillis(random.nextInt(2_000)));
            before.put(one, one.snapshot(payload).transfer().downloadedEverBytes());
            exchanges++;
            world.run(Duration.ofMillis(200 + random.nextInt(1_000)));
            for (Machine machine : all) {
                assertThat(lost(machine, payload, before.getOrDefault(machine, 0L)))
                        .as("%s after %d exchanges", machine, exchanges)
                        .isZero();
            }
        }
        assertThat(exchanges).isGreaterThan(20);
        for (Machine machine : all) {
            assertThat(machine.holds(payload)).isTrue();
            assertThat(machine.snapshot(payload).transfer().hashFailures()).isZero();
        }
        world.close();
    }

    /** What has come to this engine over links that are gone; those of seeds end by themselves. */
    private static long lost(Machine machine, Payload payload, long before) {
        if (machine.seeds(payload)) {
            return 0;
        }
        long came = machine.snapshot(payload).transfer().downloadedEverBytes() - before;
        List<PeerSnapshot> peers = machine.peers(payload);
        return Math.max(0, came - peers.stream().mapToLong(PeerSnapshot::downloadedBytes).sum());
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11})
    void linksWaitForTheNextEngineForAWhile(int seconds) {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(4 * KIB * KIB, 32 * KIB, SEED);
        Machine seed = world.machine(64 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        world.until(
                "bytes",
                () -> leecher.snapshot(payload).transfer().downloadedBytes() > 500 * KIB,
                Duration.ofSeconds(60));
        seed.exchangeEngine(Duration.ofSeconds(seconds));
        assertThat(leecher.snapshot(payload).swarm().connected()).isEqualTo(seconds < 10 ? 1 : 0);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(5));
        assertThat(leecher.holds(payload)).isTrue();
        world.close();
    }

    @Test
    void aLinkOfATorrentThatIsStoppedMeanwhileIsClosed() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(4 * KIB * KIB, 32 * KIB, SEED);
        Machine seed = world.machine(64 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        world.until(
                "bytes",
                () -> leecher.snapshot(payload).transfer().downloadedBytes() > 500 * KIB,
                Duration.ofSeconds(60));
        seed.exchangeEngine(Duration.ZERO);
        world.await(seed.torrent(payload).stop());
        world.run(Duration.ofSeconds(15));
        assertThat(leecher.snapshot(payload).swarm().connected()).isZero();
        assertThat(seed.buffers().usedBytes()).isZero();
        world.close();
    }
}
