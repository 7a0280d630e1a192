package org.bittern.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.PieceNeed.Span;
import org.bittern.api.engine.PieceNeed.Urgency;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers that wait for pieces: how soon they get them, and what is left when they go. */
@Timeout(60)
class DemandTest {
    private static final int KIB = 1024;
    private static final int PIECE = 256 * KIB;
    private static final int PIECES = 64;
    private static final int RATE = 600 * 1000;
    private static final long SEED = 0xdead_11e5;
    private static final Duration LONG = Duration.ofMinutes(3);

    /** What a piece costs at {@link #RATE}. */
    private static final double PIECE_SECONDS = (double) PIECE / RATE;

    private static final Payload PAYLOAD = Payload.of(PIECES * PIECE, PIECE, SEED);

    @TempDir Path directory;
    private World world;

    @BeforeEach
    void make() {
        world = new World(SEED, directory);
    }

    @Test
    void anUrgentPieceOvertakesWhatWasAskedForBefore() {
        seed(RATE);
        Machine leecher = leecher(Duration.ofSeconds(8));
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        int piece = missing(leecher);
        double took = wait(demand, urgent(piece, piece));
        System.out.printf("seed %#x: an urgent piece in %.2f s%n", SEED, took);
        // Half a second of blocks is on its way and cannot be stopped; then the piece itself.
        assertThat(took).isLessThan(1 + PIECE_SECONDS);
        demand.close();
        world.until("complete", () -> leecher.seeds(PAYLOAD), LONG);
        assertThat(leecher.snapshot(PAYLOAD).transfer().wastedBytes()).isLessThan(2L * PIECE);
        world.close();
    }

    @Test
    void piecesAheadComeInTheirOrderAndNothingIsLeftOfAClosedDemand() {
        seed(RATE);
        Machine leecher = world.machine(0, 0).start().add(PAYLOAD);
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        Span first = new Span(20, 20, Urgency.URGENT);
        wait(
                demand,
                new PieceNeed(
                        first,
                        List.of(
                                new Span(63, 63, Urgency.NEXT),
                                new Span(21, 26, Urgency.NEXT),
                                new Span(0, 0, Urgency.EDGE))));
        world.run(Duration.ofMillis((long) (1000 * 4.5 * PIECE_SECONDS)));
        var there = leecher.ask(leecher.torrent(PAYLOAD).pieces());
        assertThat(List.of(20, 63, 21, 22)).allMatch(there::get);
        demand.close();
        world.run(Duration.ofSeconds(3));
        int before = 0;
        var later = leecher.ask(leecher.torrent(PAYLOAD).pieces());
        for (int piece = 23; piece <= 32; piece++) {
            before += later.get(piece) ? 1 : 0;
        }
        assertThat(before).as("no longer in order").isLessThan(8);
        world.until("complete", () -> leecher.seeds(PAYLOAD), LONG);
        world.close();
    }

    @Test
    void whatAReaderWaitedForDoesNotStandBeforeOthersWhenItHasGone() {
        seed(RATE);
        Machine leecher = leecher(Duration.ofSeconds(8));
        int piece = missing(leecher);
        PieceDemand left = leecher.torrent(PAYLOAD).demand();
        left.need(urgent(piece - 4, piece - 1));
        world.run(Duration.ofMillis(500));
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        var there = demand.need(urgent(piece, piece)).toCompletableFuture();
        double began = world.time().seconds();
        world.run(Duration.ofMillis(40));
        left.close();
        world.until("the piece", there::isDone, LONG);
        double took = world.time().seconds() - began;
        System.out.printf("seed %#x: behind a reader that left in %.2f s%n", SEED, took);
        // As above, and a little for the moment in which both waited.
        assertThat(took).isLessThan(0.75 + PIECE_SECONDS);
        demand.close();
        world.close();
    }

    @Test
    void aSilentPeerDoesNotHoldAnUrgentPiece() {
        seed(RATE / 2);
        Machine failing = seed(RATE / 2);
        Machine leecher = leecher(Duration.ofSeconds(6));
        failing.host().silent(true);
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        int piece = missing(leecher);
        double took = wait(demand, urgent(piece, piece));
        System.out.printf("seed %#x: from a second peer in %.2f s%n", SEED, took);
        assertThat(took).as("a silent peer is given up after 30 s").isLessThan(8);
        failing.host().silent(false);
        world.close();
    }

    @Test
    void twoReadersShareFairly() {
        seed(RATE);
        Machine leecher = world.machine(0, 0).start().add(PAYLOAD);
        Reader one = new Reader(leecher.torrent(PAYLOAD).demand(), 0);
        Reader two = new Reader(leecher.torrent(PAYLOAD).demand(), 32);
        world.poll("sixteen pieces", () -> one.moves() + two.moves() >= 16, LONG);
        System.out.printf("seed %#x: %d and %d pieces%n", SEED, one.read, two.read);
        assertThat(one.read).isBetween(two.read / 2, two.read * 2);
        world.close();
    }

    @Test
    void noneOfManyReadersStarves() {
        seed(RATE);
        Machine leecher = world.machine(0, 0).start().add(PAYLOAD);
        List<Reader> readers = new ArrayList<>();
        for (int begin = 0; begin < 60; begin += 12) {
            readers.add(new Reader(leecher.torrent(PAYLOAD).demand(), begin));
        }
        world.poll("25 pieces", () -> readers.stream().mapToInt(Reader::moves).sum() >= 25, LONG);
        List<Integer> read = readers.stream().map(reader -> reader.read).toList();
        System.out.printf("seed %#x: %s pieces%n", SEED, read);
        assertThat(read).allMatch(count -> count >= 3 && count <= 7);
        world.close();
    }

    @Test
    void needsThatAreReplacedClosedImpossibleOrOverSayItTheirWay() {
        Machine leecher = world.machine(0, 0).start().add(PAYLOAD);
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        var replaced = demand.need(urgent(1, 2)).toCompletableFuture();
        var impossible = demand.need(urgent(PIECES - 1, PIECES)).toCompletableFuture();
        var closed = demand.need(urgent(3, 3)).toCompletableFuture();
        world.until("refused", impossible::isDone, LONG);
        assertThat(codeOf(impossible)).isEqualTo(EngineException.Code.INVALID_ARGUMENT);
        demand.close();
        world.until("closed", () -> closed.isDone() && replaced.isDone(), LONG);
        assertThat(replaced.join()).isEmpty();
        assertThat(closed.join()).isEmpty();
        PieceDemand other = leecher.torrent(PAYLOAD).demand();
        var orphan = other.need(urgent(5, 5)).toCompletableFuture();
        world.await(leecher.engine().remove(leecher.torrent(PAYLOAD), false));
        world.until("failed", orphan::isDone, LONG);
        assertThat(codeOf(orphan)).isEqualTo(EngineException.Code.TORRENT_NOT_FOUND);
        world.close();
    }

    @Test
    void tellsHowFarTheReaderCanGo() {
        Machine whole = world.machine(0, 0).holding(PAYLOAD).start().add(PAYLOAD);
        world.until("checked", () -> whole.seeds(PAYLOAD), LONG);
        var end = whole.torrent(PAYLOAD).demand().need(urgent(7, 8)).toCompletableFuture();
        world.until("an answer", end::isDone, LONG);
        assertThat(end.join()).hasValue(PIECES - 1);
        world.close();
    }

    /** Reads piece after piece. */
    private static final class Reader {
        private final PieceDemand demand;
        private final int begin;
        private CompletableFuture<OptionalInt> next;
        private int read;

        Reader(PieceDemand demand, int begin) {
            this.demand = demand;
            this.begin = begin;
            next = demand.need(urgent(begin, begin)).toCompletableFuture();
        }

        int moves() {
            while (next.isDone() && read < PIECES / 2 - 1) {
                read++;
                next = demand.need(urgent(begin + read, begin + read)).toCompletableFuture();
            }
            return read;
        }
    }

    @Test
    void howMuchIsThereOfWhatAReaderWaitsForIsTold() {
        seed(RATE);
        Machine leecher = leecher(Duration.ofSeconds(8));
        PieceDemand demand = leecher.torrent(PAYLOAD).demand();
        assertThat(leecher.ask(demand.gatheredBytes())).isZero();
        int piece = missing(leecher);
        var there = demand.need(urgent(piece, piece)).toCompletableFuture();
        List<Long> told = new ArrayList<>();
        world.poll(
                "the piece",
                () -> {
                    told.add(leecher.ask(demand.gatheredBytes()));
                    return there.isDone();
                },
                LONG);
        assertThat(told).isSorted();
        assertThat(told.getFirst()).isLessThan(PIECE);
        assertThat(told.getLast()).isEqualTo(PIECE);
        demand.close();
        assertThat(leecher.ask(demand.gatheredBytes())).isZero();
        world.close();
    }

    private Machine seed(int rate) {
        return world.machine(rate, 0).holding(PAYLOAD).start().add(PAYLOAD);
    }

    private Machine leecher(Duration before) {
        world.run(Duration.ofSeconds(2));
        Machine leecher = world.machine(0, 0).start().add(PAYLOAD);
        world.run(before);
        return leecher;
    }

    private static PieceNeed urgent(int first, int last) {
        return new PieceNeed(new Span(first, last, Urgency.URGENT), List.of());
    }

    /** A piece of which nothing was asked yet: the last one missing is begun last or not at all. */
    private static int missing(Machine machine) {
        var there = machine.ask(machine.torrent(PAYLOAD).pieces());
        for (int piece = PIECES - 1; piece >= 0; piece--) {
            if (!there.get(piece)) {
                return piece;
            }
        }
        throw new AssertionError("all is there");
    }

    private double wait(PieceDemand demand, PieceNeed need) {
        double began = world.time().seconds();
        var there = demand.need(need).toCompletableFuture();
        world.until("the pieces", there::isDone, LONG);
        assertThat(there.join()).isPresent();
        return world.time().seconds() - began;
    }

    private static EngineException.Code codeOf(CompletableFuture<?> failed) {
        return ((EngineException) failed.exceptionNow()).code();
    }
}
