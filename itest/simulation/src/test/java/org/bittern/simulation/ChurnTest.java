package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.Bitfield;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that come and go, in good order and not. */
@Timeout(180)
class ChurnTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x0c4a_0005;

    @TempDir Path directory;

    @Test
    void everybodyFinishesThoughSomebodyComesOrGoesEverySecond() {
        churn(SEED, directory.resolve("a"), 60);
    }

    @Test
    void sameSeedGivesTheSameRunAndAnotherSeedAnother() {
        long first = churn(SEED + 1, directory.resolve("a"), 20);
        assertThat(churn(SEED + 1, directory.resolve("b"), 20)).isEqualTo(first);
        assertThat(churn(SEED + 2, directory.resolve("c"), 20)).isNotEqualTo(first);
    }

    /**
     * @return fingerprint of the run
     */
    private static long churn(long seed, Path directory, int seconds) {
        World world = new World(seed, directory);
        world.network().loss(0.005);
        Random random = new Random(seed);
        int rate = 64 * KIB;
        Payload payload = Payload.of(2 * KIB * KIB, 32 * KIB, seed);
        world.machine(rate, 0).holding(payload).start().add(payload);
        List<Machine> leechers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            leechers.add(world.machine(rate, 0).start().add(payload));
        }
        for (int second = 0; second < seconds; second++) {
            Machine one = leechers.get(random.nextInt(leechers.size()));
            if (!one.isOn()) {
                one.start();
            } else if (random.nextBoolean()) {
                leave(one, random.nextInt(3));
            }
            world.run(Duration.ofSeconds(1));
            leechers.forEach(leecher -> assertNothingClaimedThatIsAbsent(leecher, payload));
        }
        leechers.stream().filter(leecher -> !leecher.isOn()).forEach(Machine::start);
        world.until(
                "all complete",
                () -> leechers.stream().allMatch(leecher -> leecher.seeds(payload)),
                Duration.ofMinutes(10));
        System.out.printf(
                "seed %#x: all complete after %.1f s, %d events, run %016x%n",
                seed, world.time().seconds(), world.time().happened(), world.time().fingerprint());
        assertThat(leechers).allMatch(leecher -> leecher.holds(payload));
        world.close();
        return world.time().fingerprint();
    }

    private static void leave(Machine machine, int how) {
        switch (how) {
            case 0 -> machine.stop();
            case 1 -> machine.kill();
            default -> machine.cutPower();
        }
    }

    private static void assertNothingClaimedThatIsAbsent(Machine machine, Payload payload) {
        if (machine.isOn()) {
            Bitfield claimed = machine.ask(machine.torrent(payload).pieces());
            for (int piece = claimed.nextSet(0); piece >= 0; piece = claimed.nextSet(piece + 1)) {
                assertThat(machine.holds(payload, piece))
                        .as("piece %d of %s", piece, machine)
                        .isTrue();
            }
        }
    }
}
