package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** The peer protocol is exchanged under transfers. */
@Timeout(180)
class ProtocolExchangeTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x0e8c_0006;

    @TempDir Path directory;

    /** A swarm in which somebody's protocol is exchanged all the time; no link may be lost. */
    @ParameterizedTest
    @EnumSource(
            value = EngineSettings.Encryption.class,
            names = {"DISABLED", "REQUIRED"})
    void noLinkIsLost(EngineSettings.Encryption encryption) {
        swarm(encryption, 2 * KIB * KIB, false);
    }

    @Test
    void norOverUtp() {
        swarm(EngineSettings.Encryption.DISABLED, 16 * KIB * KIB, true);
    }

    private void swarm(EngineSettings.Encryption encryption, int bytes, boolean utp) {
        World world = new World(SEED, directory);
        Random random = new Random(SEED);
        Payload payload = Payload.of(bytes, 32 * KIB, SEED);
        List<Machine> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Machine machine = world.machine(64 * KIB, 0);
            machine.with(Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption));
            if (utp) {
                machine.overUtp(Duration.ofMillis(1));
            }
            if (i == 0) {
                machine.holding(payload);
            }
            all.add(machine.start().add(payload));
        }
        Machine last = all.getLast();
        world.until("links", () -> last.peers(payload).size() == 3, Duration.ofSeconds(30));
        int exchanges = 0;
        while (!all.stream().allMatch(machine -> machine.seeds(payload))) {
            Machine one = all.get(random.nextInt(all.size()));
            if (random.nextBoolean()) {
                one.dropProtocol();
                world.run(Duration.ofMillis(random.nextInt(2_000)));
            }
            one.useProtocol();
            exchanges++;
            world.run(Duration.ofMillis(random.nextInt(1_000)));
            for (Machine machine : all) {
                assertThat(lost(machine, payload)).as("%s", machine).isZero();
            }
        }
        assertThat(exchanges).isGreaterThan(20);
        for (Machine machine : all) {
            assertThat(machine.holds(payload)).isTrue();
            assertThat(machine.snapshot(payload).transfer().hashFailures()).isZero();
        }
        world.close();
    }

    /** What has come over links that are gone; those of seeds end by themselves. */
    private static long lost(Machine machine, Payload payload) {
        if (machine.seeds(payload)) {
            return 0;
        }
        long came = machine.snapshot(payload).transfer().downloadedBytes();
        List<PeerSnapshot> peers = machine.peers(payload);
        long overLinks = peers.stream().mapToLong(PeerSnapshot::downloadedBytes).sum();
        return Math.max(0, came - overLinks);
    }

    /** Links wait for ten seconds; then they are dialled again as soon as there is a protocol. */
    @ParameterizedTest
    @ValueSource(ints = {9, 11})
    void linksWaitForTheNextVersionForAWhile(int seconds) {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(4 * KIB * KIB, 32 * KIB, SEED);
        world.machine(64 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        world.until(
                "bytes",
                () -> leecher.snapshot(payload).transfer().downloadedBytes() > 500 * KIB,
                Duration.ofSeconds(60));
        leecher.dropProtocol();
        world.run(Duration.ofSeconds(seconds));
        assertThat(leecher.snapshot(payload).swarm().connected()).isEqualTo(seconds < 10 ? 1 : 0);
        leecher.useProtocol();
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(3));
        assertThat(leecher.holds(payload)).isTrue();
        assertThat(leecher.buffers().usedBytes()).isZero();
        world.close();
    }
}
