package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Players that play and seek: how long they wait, and what is sent in vain. */
@Timeout(60)
class ViewerTest {
    private static final int KIB = 1024;
    private static final int PIECE = 256 * KIB;
    private static final int PIECES = 112;
    private static final int RATE = 600 * 1000;
    private static final int SHARED_RATE = 450 * 1000; // of two seeds together
    private static final long SEED = 0x0005_eec5;
    private static final Duration LONG = Duration.ofMinutes(3);

    /** What a piece costs at {@link #RATE}. */
    private static final double PIECE_SECONDS = (double) PIECE / RATE;

    /** How often libtorrent deals out what may be sent. */
    private static final Duration TICK = Duration.ofMillis(500);

    /** So long mpv takes to seek when its read has come back and the machine is busy. */
    private static final Duration REACTION = Duration.ofMillis(25);

    @TempDir Path directory;

    /**
     * Blocks that were taken back are asked for again soon. The peer refuses the first request and
     * answers the second: the refusal must not be taken for that of the second.
     */
    @Test
    void theLastOfManySeeksPlaysSoonAndLittleIsSentInVain() {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(PIECES * PIECE, PIECE, SEED);
        world.machine(RATE, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        Viewer viewer = new Viewer(world, leecher, payload);
        viewer.seek(0);
        world.until("it plays", () -> viewer.got() > 0, LONG);
        world.run(Duration.ofSeconds(1));
        for (int piece : new int[] {87, 25, 68, 43, 99}) {
            viewer.seek((long) piece * PIECE + PIECE / 2);
            world.run(Duration.ofMillis(piece == 99 ? 0 : 1000));
        }
        world.until("the last one plays", () -> viewer.got() > PIECE, LONG);
        long wasted = leecher.snapshot(payload).transfer().wastedBytes();
        System.out.printf(
                "seed %#x: the last seek after %.2f s, %d KiB in vain%n",
                SEED, viewer.seconds(), wasted / KIB);
        // Half a second is on its way and cannot be stopped; then two pieces.
        assertThat(viewer.seconds()).isLessThan(0.75 + 2 * PIECE_SECONDS);
        assertThat(wasted).isLessThan(PIECE / 4);
        viewer.leave();
        world.close();
    }

    /**
     * mpv cannot leave a read that waits, and closes its old request a moment after the new one is
     * answered; a seed of libtorrent sends in ticks what it has read before.
     */
    @Test
    void whatThePlaceBeforeWaitsForCostsAPatientPlayerLittle() {
        for (long chance : new long[] {0x5eee3, 0x5eeeb, 0x5eee0, 0x5eefb}) {
            double took = dragged(chance);
            System.out.printf("seed %#x: the last seek after %.2f s%n", chance, took);
            // What it waits for is there at once in these; then four pieces in as many ticks.
            assertThat(took).isLessThan(2.2);
        }
    }

    private double dragged(long chance) {
        World world = new World(chance, directory);
        Payload payload = Payload.of(PIECES * PIECE, PIECE, SEED);
        Machine seed = world.machine(RATE, 0).holding(payload).start().add(payload);
        seed.host().ticking(TICK).latency(Duration.ofMillis(1));
        Machine leecher = world.machine(0, 0).start().add(payload);
        leecher.host().latency(Duration.ofMillis(1));
        Viewer viewer = new Viewer(world, leecher, payload).patient();
        Random moments = new Random(chance);
        viewer.seek(0);
        world.until("it plays", () -> viewer.got() > 0, LONG);
        for (double piece : new double[] {84.44, 23.10, 67.24, 42.66, 96.70}) {
            world.run(Duration.ofMillis(700 + moments.nextInt(600)));
            viewer.seek((long) (piece * PIECE));
        }
        world.until("the last one plays", () -> viewer.got() > 2.3 * PIECE, LONG);
        double took = viewer.seconds();
        viewer.leave();
        world.close();
        return took;
    }

    /**
     * A second after its first picture a player seeks in a Matroska film: it reads the index at the
     * end, then all of three pieces (1.75 s at this rate) for a picture at its place. What it
     * waited for before comes first, and so does what the seeds have in their buffers.
     */
    @Test
    void theFirstSeekDoesNotWaitForWhatWasAskedWhileRatesGrew() {
        double sum = 0;
        int runs = 8;
        for (int i = 0; i < runs; i++) {
            double took = soughtEarly(SEED + i);
            System.out.printf("seed %#x: the first seek after %.2f s%n", SEED + i, took);
            sum += took;
        }
        assertThat(sum / runs).isLessThan(2.9);
    }

    private double soughtEarly(long chance) {
        World world = new World(chance, directory.resolve(Long.toHexString(chance)));
        Payload payload = Payload.of(PIECES * PIECE, PIECE, SEED);
        Random moments = new Random(chance);
        for (int i = 0; i < 2; i++) {
            Machine seed = world.machine(SHARED_RATE / 2, 0).holding(payload).start().add(payload);
            seed.host().ticking(TICK).latency(Duration.ofMillis(1));
            world.run(Duration.ofMillis(moments.nextInt(500)));
        }
        Machine leecher = world.machine(0, 0).start().add(payload);
        leecher.host().latency(Duration.ofMillis(1));
        Viewer viewer = new Viewer(world, leecher, payload).patient(REACTION);
        viewer.seek(0);
        world.until("it plays", () -> viewer.got() > 0, LONG);
        world.run(Duration.ofMillis(900 + moments.nextInt(200)));
        double began = world.time().seconds();
        viewer.seek(PIECES * PIECE - KIB);
        world.until("the index", () -> viewer.got() == KIB, LONG);
        world.run(Duration.ofMillis(10));
        viewer.seek((long) (72.1 * PIECE));
        world.until("it plays there", () -> viewer.got() > 2.5 * PIECE, LONG);
        double took = world.time().seconds() - began;
        viewer.leave();
        world.close();
        return took;
    }

    /**
     * At one and a half times the rate of the film there is no reason to stop in the middle; the
     * index at the end, which most players want soon, costs one pause after the first moment.
     */
    @Test
    void aFilmPlaysOnWhenTheLineIsHalfAsFastAgain() {
        for (int piece : new int[] {16 * KIB, 64 * KIB, PIECE, 1024 * KIB}) {
            World world = new World(SEED, directory);
            Payload payload = Payload.of(PIECES * PIECE, piece, SEED);
            double film = PIECES * PIECE / 90.0;
            world.machine((long) (1.5 * film), 0).holding(payload).start().add(payload);
            Machine leecher = world.machine(0, 0).start().add(payload);
            Viewer viewer = new Viewer(world, leecher, payload);
            viewer.seek(0);
            world.run(Duration.ofSeconds(30));
            System.out.printf(
                    "seed %#x: pieces of %d KiB: pauses %s, %d KiB%n",
                    SEED, piece / KIB, viewer.pauses(film), viewer.got() / KIB);
            assertThat(viewer.pauses(film)).hasSizeLessThan(2).allMatch(pause -> pause < 1.5);
            viewer.leave();
            world.close();
        }
    }

    @Test
    void twoViewersWaitNotMoreThanTwiceAsLongAsOne() {
        double alone = slowestSeek(40);
        double together = slowestSeek(40, 75);
        System.out.printf("seed %#x: alone %.2f s, together %.2f s%n", SEED, alone, together);
        assertThat(together).isLessThan(2 * alone);
    }

    private double slowestSeek(int... pieces) {
        World world = new World(SEED, directory);
        Payload payload = Payload.of(PIECES * PIECE, PIECE, SEED);
        world.machine(RATE, 0).holding(payload).start().add(payload);
        Machine leecher = world.machine(0, 0).start().add(payload);
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) {
            viewers.add(new Viewer(world, leecher, payload));
        }
        viewers.forEach(viewer -> viewer.seek(0));
        world.until("both play", () -> viewers.stream().allMatch(v -> v.got() >= 2 * PIECE), LONG);
        world.run(Duration.ofSeconds(1));
        for (int i = 0; i < pieces.length; i++) {
            viewers.get(i).seek((long) pieces[i] * PIECE + PIECE / 3);
        }
        world.until(
                "both play on", () -> viewers.stream().allMatch(v -> v.got() >= 2 * PIECE), LONG);
        double took = viewers.getFirst().seconds();
        viewers.forEach(Viewer::leave);
        world.close();
        return took;
    }
}
