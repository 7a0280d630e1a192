package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How fast a swarm copies what one seed has. */
@Timeout(180)
class SpreadingTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x5eed_0001;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(EngineSettings.Encryption.class)
    void copiesAtTheRateOfTheLine(EngineSettings.Encryption encryption) {
        Settings settings = Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption);
        World world = new World(SEED, directory);
        int rate = 256 * KIB;
        Payload payload = Payload.of(2048 * KIB + 777, 64 * KIB, SEED);
        world.machine(rate, 0).with(settings).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).with(settings).start().add(payload);
        double began = world.time().seconds();
        world.until("complete", () -> leecher.seeds(payload), Duration.ofSeconds(20));
        double least = (double) payload.bytes().length / rate;
        double took = world.time().seconds() - began;
        System.out.printf(
                "seed %#x: one to one, %s: %.2f s, the line alone %.2f s%n",
                SEED, encryption, took, least);
        assertThat(took).isLessThan(1.1 * least);
        assertThat(leecher.holds(payload)).isTrue();
        world.close();
    }

    @Test
    void superSeedingSendsHardlyMoreThanOneCopy() {
        World world = new World(SEED, directory);
        int rate = 96 * KIB;
        Payload payload = Payload.of(6 * KIB * KIB, 32 * KIB, SEED);
        Machine seed = world.machine(rate, 0).holding(payload).start().add(payload);
        world.await(
                seed.torrent(payload)
                        .setOptions(Settings.EMPTY.with(TorrentOptions.SUPER_SEEDING, true)));
        Leechers leechers = new Leechers(world, payload, 20, 2L * rate, 0);
        double took = leechers.complete(Duration.ofMinutes(5));
        double copies = copies(seed, payload);
        System.out.printf(
                "seed %#x: super-seeding to twenty in %.2f s, seed sent %.2f copies%n",
                SEED, took, copies);
        assertThat(copies).isLessThan(1.3);
        leechers.holdAll();
        world.close();
    }

    @Test
    void superSeedingServesThoseWhoWantDifferentParts() {
        World world = new World(SEED, directory);
        int rate = 96 * KIB;
        int pieces = 12;
        Payload payload = Payload.of(pieces * 32 * KIB, 32 * KIB, SEED);
        Machine seed = world.machine(rate, 0).holding(payload).start().add(payload);
        world.await(
                seed.torrent(payload)
                        .setOptions(Settings.EMPTY.with(TorrentOptions.SUPER_SEEDING, true)));
        List<Machine> choosers = new ArrayList<>();
        for (int part = 0; part < 2; part++) {
            Machine chooser = world.machine(rate, 0).start().add(payload);
            List<Priority> wanted = new ArrayList<>();
            for (int piece = 0; piece < pieces; piece++) {
                wanted.add(piece * 2 / pieces == part ? Priority.NORMAL : Priority.SKIP);
            }
            world.await(chooser.torrent(payload).setPiecePriorities(wanted));
            choosers.add(chooser);
        }
        world.until(
                "both finished",
                () ->
                        choosers.stream()
                                .allMatch(chooser ->
                                        chooser.snapshot(payload).state() == TorrentState.FINISHED),
                Duration.ofMinutes(10));
        world.close();
    }

    @Test
    void spreadsAmongTwentyInTwiceTheTimeThatOneNeeds() {
        World world = new World(SEED, directory);
        int rate = 96 * KIB;
        int pieceLength = 32 * KIB;
        Payload payload = Payload.of(6 * KIB * KIB, pieceLength, SEED);
        Machine seed = world.machine(rate, 0).holding(payload).start().add(payload);
        Leechers leechers = new Leechers(world, payload, 20, rate, 0);
        double took = leechers.complete(Duration.ofSeconds(200));
        // Each byte must leave the seed once, and its piece travel once more from peer to peer.
        // What is above that: up to eight peers ask the seed for pieces at a time, all of them for
        // what is rarest, and now and then for the same.
        double least = (double) (payload.bytes().length + pieceLength) / rate;
        System.out.printf(
                "seed %#x: twenty in %.2f s, least %.2f s, seed sent %.2f copies%n",
                SEED, took, least, copies(seed, payload));
        assertThat(took).isLessThan(2.3 * least);
        leechers.holdAll();
        world.close();
    }

    /**
     * One seed and eight downloaders with the same line each. A tenth of 1 MB/s and of 84 MB: nine
     * disks of that size have no room here. No swarm can beat the least: all leaves the seed once,
     * and the last piece goes on once more.
     */
    @Test
    void spreadsAmongEightInLittleMoreThanTheSeedNeeds() {
        World world = new World(SEED, directory);
        int rate = 100_000;
        int pieceLength = 16 * KIB;
        Payload payload = Payload.of(8 * KIB * KIB, pieceLength, SEED);
        Machine seed = world.machine(rate, rate).holding(payload).start().add(payload);
        Leechers leechers = new Leechers(world, payload, 8, rate, rate);
        double took = leechers.complete(Duration.ofMinutes(3));
        double least = (double) (payload.bytes().length + pieceLength) / rate;
        System.out.printf(
                "seed %#x: eight in %.2f s, least %.2f s, seed sent %.2f copies%n",
                SEED, took, least, copies(seed, payload));
        assertThat(took).isLessThan(1.3 * least);
        leechers.holdAll();
        world.close();
    }

    /** How often the seed sent all there is. */
    private static double copies(Machine seed, Payload payload) {
        long sent = seed.snapshot(payload).transfer().uploadedBytes();
        return (double) sent / payload.bytes().length;
    }

    /** Machines with the same line each that want the payload. */
    private static final class Leechers {
        private final World world;
        private final Payload payload;
        private final List<Machine> machines = new ArrayList<>();

        Leechers(World world, Payload payload, int count, long up, long down) {
            this.world = world;
            this.payload = payload;
            for (int i = 0; i < count; i++) {
                machines.add(world.machine(up, down).start().add(payload));
            }
        }

        /** Waits until all have everything; returns the seconds that took. */
        double complete(Duration limit) {
            double began = world.time().seconds();
            world.until(
                    "all complete",
                    () -> machines.stream().allMatch(machine -> machine.seeds(payload)),
                    limit);
            return world.time().seconds() - began;
        }

        void holdAll() {
            assertThat(machines).allMatch(machine -> machine.holds(payload));
        }
    }
}
