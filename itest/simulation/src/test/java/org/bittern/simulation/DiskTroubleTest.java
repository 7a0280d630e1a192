package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.DiskResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disks that are full or broken, for a while or at one operation. */
@Timeout(180)
class DiskTroubleTest {
    private static final int KIB = 1024;
    private static final long SEED = 0x0d15_0004;

    @TempDir Path directory;

    @Test
    void goesOnByItselfWhenAFullDiskHasSpaceAgain() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(2 * KIB * KIB, 64 * KIB, SEED);
        world.machine(256 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0);
        leecher.disk().capacity(KIB * KIB);
        leecher.start().add(payload);
        world.until(
                "an error",
                () -> leecher.snapshot(payload).state() == TorrentState.ERROR,
                Duration.ofSeconds(20));
        TorrentError error = leecher.snapshot(payload).error().orElseThrow();
        assertThat(error.kind()).isEqualTo(TorrentError.Kind.DISK_FULL);
        assertThat(error.message()).contains("no space");

        world.run(Duration.ofMinutes(3));
        assertThat(leecher.snapshot(payload).state()).isEqualTo(TorrentState.ERROR);
        assertNothingClaimedThatIsAbsent(leecher, payload);
        long before = leecher.snapshot(payload).progress().verifiedBytes();
        assertThat(before).isPositive();

        leecher.disk().capacity(Long.MAX_VALUE);
        world.until("complete", () -> leecher.seeds(payload), Duration.ofMinutes(2));
        assertThat(leecher.holds(payload)).isTrue();
        assertThat(leecher.snapshot(payload).transfer().hashFailures()).isZero();
        world.close();
    }

    @Test
    void saysThatDataStayWhenNoDiskStoreComesToDeleteThem() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(KIB * KIB, 64 * KIB, SEED);
        Machine seed = world.machine(0, 0).holding(payload).start().add(payload);
        world.until("seeding", () -> seed.seeds(payload), Duration.ofSeconds(20));
        seed.dropDisk();
        CompletableFuture<Void> removed =
                seed.engine().remove(seed.torrent(payload), true).toCompletableFuture();
        world.run(Duration.ofSeconds(5));
        assertThat(removed).isNotDone(); // another store may come
        world.run(Duration.ofMinutes(1));
        assertThat(removed).isCompletedExceptionally();
        assertThat(removed.exceptionNow()).hasMessageContaining(payload.metainfo().name());
        assertThat(seed.holds(payload)).isTrue();
        world.close();
    }

    @ParameterizedTest
    @CsvSource({
        "IO, 1, false",
        "IO, 1, true",
        "FULL, 1, false",
        "FULL, 3, true",
        "DENIED, 2, false"
    })
    void survivesTheFailureOfEachDiskOperationOfATransfer(
            DiskResult.Kind kind, int count, boolean shortWrite) {
        long operations = transfer(new SimDisk.Fault(Long.MAX_VALUE, 0, kind, false), 0);
        List<Long> stopped = new ArrayList<>();
        for (long k = 0; k < operations; k++) {
            if (transfer(new SimDisk.Fault(k, count, kind, shortWrite), k) < 0) {
                stopped.add(k);
            }
        }
        System.out.printf(
                "seed %#x: %d operations, %d x %s: had to be started again after %s%n",
                SEED, operations, count, kind, stopped);
        assertThat(operations).isGreaterThan(20);
    }

    /**
     * One transfer over a disk with a fault.
     *
     * @return operations of the disk; negative when the torrent had to be started by hand
     */
    private long transfer(SimDisk.Fault fault, long number) {
        World world = new World(SEED, directory.resolve(Long.toString(number)));
        Payload payload = Payload.of(9 * 16 * KIB + 5, 32 * KIB, SEED);
        world.machine(64 * KIB, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start();
        leecher.disk().fail(fault);
        leecher.add(payload);
        boolean done =
                world.time()
                        .runUntil(
                                () -> leecher.seeds(payload) || brokenFor(leecher, payload),
                                Duration.ofMinutes(3));
        assertThat(done).as("%s: settles%n%s", fault, world.report()).isTrue();
        assertNothingClaimedThatIsAbsent(leecher, payload);
        boolean byHand = !leecher.seeds(payload);
        if (byHand) {
            TorrentError error = leecher.snapshot(payload).error().orElseThrow();
            assertThat(error.message()).as("%s", fault).isNotBlank();
            world.await(leecher.torrent(payload).start());
            world.until(
                    "complete after " + fault, () -> leecher.seeds(payload), Duration.ofMinutes(2));
        }
        assertThat(leecher.holds(payload)).as("%s: byte-equal", fault).isTrue();
        assertThat(leecher.snapshot(payload).transfer().hashFailures()).as("%s", fault).isZero();
        world.run(Duration.ofSeconds(1));
        long operations = leecher.disk().operations();
        world.close();
        return byHand ? -operations : operations;
    }

    /** An error that does not go away by itself. */
    private static boolean brokenFor(Machine machine, Payload payload) {
        TorrentSnapshot snapshot = machine.snapshot(payload);
        return snapshot.state() == TorrentState.ERROR
                && snapshot.error().orElseThrow().kind() != TorrentError.Kind.DISK_FULL;
    }

    private static void assertNothingClaimedThatIsAbsent(Machine machine, Payload payload) {
        Bitfield claimed = machine.ask(machine.torrent(payload).pieces());
        for (int piece = claimed.nextSet(0); piece >= 0; piece = claimed.nextSet(piece + 1)) {
            assertThat(machine.holds(payload, piece)).as("piece %d is there", piece).isTrue();
        }
    }
}
