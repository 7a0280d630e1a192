package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are far away, over lines that lose much. */
@Timeout(180)
class LongWayTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x1097_0001;
    private static final double LOSS = 0.02;
    private static final Duration HALF_WAY = Duration.ofMillis(100);
    private static final Duration JITTER = Duration.ofMillis(60);

    @TempDir Path directory;

    @Test
    void everybodyFinishesOverStreamsThatStall() {
        transfer("TCP", machine -> machine);
    }

    @Test
    void everybodyFinishesOverDatagramsThatOvertakeEachOther() {
        transfer("uTP", machine -> machine.overUtp(JITTER));
    }

    private void transfer(String way, UnaryOperator<Machine> speaking) {
        World world = new World(SEED, directory);
        world.network().loss(LOSS);
        int rate = 64 * KIB;
        Payload payload = Payload.of(KIB * KIB, 32 * KIB, SEED);
        List<Machine> machines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Machine machine = speaking.apply(world.machine(rate, 0));
            machine.host().latency(HALF_WAY);
            machines.add(i == 0 ? machine.holding(payload) : machine);
            machine.start().add(payload);
        }
        world.until(
                "all complete",
                () -> machines.stream().allMatch(machine -> machine.seeds(payload)),
                Duration.ofMinutes(5));
        double took = world.time().seconds();
        double least = (double) payload.bytes().length / rate;
        System.out.printf(
                "seed %#x: over %s %.1f s, on a good line %.1f s%n", SEED, way, took, least);
        assertThat(took).isLessThan(4 * least);
        assertThat(machines)
                .allMatch(machine -> machine.holds(payload))
                .allMatch(machine -> machine.snapshot(payload).transfer().hashFailures() == 0);
        machines.forEach(machine -> world.await(machine.torrent(payload).stop()));
        world.close();
    }
}
