package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.bittern.metainfo.Bitfield;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left when the power fails, or the process is killed, in the middle of a download. */
@Timeout(180)
class PowerLossTest {
    private static final int KIB = 1024;
    private static final int INSTANTS = 25;
    private static final Duration CHECKING = Duration.ofSeconds(2);
    private static final long SEED = 0x0b0c_0007;

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void losesNoTorrentAndClaimsNothingThatIsAbsentAtWhateverInstant(boolean power) {
        Random random = new Random(SEED);
        int kept = 0;
        for (int i = 0; i < INSTANTS; i++) {
            long nanos = random.nextLong(Duration.ofSeconds(70).toNanos());
            kept += claimedAfter(Duration.ofNanos(nanos), power, directory.resolve("" + i));
        }
        System.out.printf(
                "seed %#x, power %s: %.1f of 32 pieces were known after the restart%n",
                SEED, power, (double) kept / INSTANTS);
        // A mean of 17 pieces was there. The files of a killed process are all there, and checked;
        // of a machine without power only what was synchronised is sure, up to 30 s before.
        assertThat(kept / INSTANTS).isGreaterThan(power ? 9 : 15);
    }

    /**
     * One download that is interrupted.
     *
     * @return pieces that were known when it went on
     */
    private static int claimedAfter(Duration instant, boolean power, Path directory) {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(1024 * KIB, 32 * KIB, SEED);
        world.machine(16 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        world.run(instant);
        if (power) {
            leecher.cutPower();
        } else {
            leecher.kill();
        }
        world.run(Duration.ofSeconds(20));
        leecher.start();
        assertThat(leecher.engine().torrent(payload.metainfo().infoHash())).isPresent();
        truthful(leecher, payload, instant);
        world.run(CHECKING);
        int known = truthful(leecher, payload, instant);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(5));
        assertThat(leecher.holds(payload)).isTrue();
        assertThat(leecher.snapshot(payload).transfer().hashFailures())
                .as("hash failures after a failure at %s", instant)
                .isZero();
        world.close();
        return known;
    }

    private static int truthful(Machine machine, Payload payload, Duration instant) {
        Bitfield claimed = machine.ask(machine.torrent(payload).pieces());
        for (int piece = claimed.nextSet(0); piece >= 0; piece = claimed.nextSet(piece + 1)) {
            assertThat(machine.holds(payload, piece))
                    .as("piece %d after a failure at %s", piece, instant)
                    .isTrue();
        }
        return claimed.cardinality();
    }
}
