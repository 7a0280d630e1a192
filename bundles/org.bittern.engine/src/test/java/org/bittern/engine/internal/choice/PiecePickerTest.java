package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.choice.FakePeer.block;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PiecePickerTest {
    private static final int BLOCKS = 4;
    private static final long NOW = -5_000_000_000L; // clocks may be negative

    private final Random random = new Random(7);

    private static PieceMap pieces(int count) {
        return PieceMap.contiguous(
                BLOCKS * PieceMap.BLOCK,
                new long[] {(long) count * BLOCKS * PieceMap.BLOCK},
                new boolean[1]);
    }

    private PiecePicker picker(int count, FakePeer... peers) {
        PiecePicker picker = new PiecePicker(pieces(count), random);
        for (FakePeer peer : peers) {
            picker.peerAdded(peer.pieces);
        }
        return picker;
    }

    private static List<Long> pick(PiecePicker picker, FakePeer peer, int howMany, long now) {
        List<Long> picked = new ArrayList<>();
        int count =
                picker.pick(peer, howMany, now, (piece, block) -> picked.add(block(piece, block)));
        assertThat(picked).hasSize(count).hasSizeLessThanOrEqualTo(Math.max(0, howMany));
        peer.asked.addAll(picked);
        return picked;
    }

    private static List<Long> pick(PiecePicker picker, FakePeer peer, int howMany) {
        return pick(picker, peer, howMany, NOW);
    }

    private static Arrival receive(PiecePicker picker, FakePeer peer, long id) {
        peer.asked.remove(id);
        return picker.received((int) (id >>> 32), (int) id, peer);
    }

    private static Set<Integer> piecesOf(List<Long> blocks) {
        Set<Integer> pieces = new HashSet<>();
        blocks.forEach(id -> pieces.add((int) (id >>> 32)));
        return pieces;
    }

    @Test
    void asksNobodyForPadding() {
        long block = PieceMap.BLOCK;
        long piece = BLOCKS * block;
        PieceMap padded =
                PieceMap.contiguous(
                        (int) piece,
                        new long[] {block + 1, 3 * block - 1, piece, piece},
                        new boolean[] {false, true, true, false});
        PiecePicker picker = new PiecePicker(padded, random);
        FakePeer seed = FakePeer.seed("seed", 3);
        picker.peerAdded(seed.pieces);
        List<Long> asked = pick(picker, seed, 100);
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        block(0, 0),
                        block(0, 1),
                        block(1, 0), // a piece of nothing else must be verified like any other
                        block(1, 1),
                        block(1, 2),
                        block(1, 3),
                        block(2, 0),
                        block(2, 1),
                        block(2, 2),
                        block(2, 3));
        assertThat(picker.received(0, 3, seed)).isInstanceOf(Arrival.Duplicate.class);
        receive(picker, seed, block(0, 0));
        picker.forEachPartial((_, written) -> assertThat(written.isEmpty()).isTrue());
        assertThat(receive(picker, seed, block(0, 1)))
                .isEqualTo(new Arrival.Wanted(true, List.of()));
        picker.pieceFailed(0);
        assertThat(pick(picker, seed, 100)).containsExactly(block(0, 0), block(0, 1));
        picker.peerGone(seed);
        assertThat(picker.hasFree(0)).as("given up as a whole").isTrue();
        BitSet first = new BitSet();
        first.set(0);
        assertThat(picker.restore(0, first)).isFalse();
        first.set(1);
        picker.reset(new Bitfield(3));
        assertThat(picker.restore(0, first)).as("all that must come is there").isTrue();
    }

    @Test
    void downloadsEverythingFromOneSeed() {
        FakePeer seed = FakePeer.seed("seed", 10);
        PiecePicker picker = picker(10, seed);
        Set<Long> all = new HashSet<>();
        while (!picker.isComplete()) {
            for (long id : pick(picker, seed, 7)) {
                assertThat(all.add(id)).as("asked twice").isTrue();
            }
            for (long id : List.copyOf(seed.asked)) {
                Arrival arrival = receive(picker, seed, id);
                picker.written((int) (id >>> 32), (int) id);
                if (arrival instanceof Arrival.Wanted wanted && wanted.completesPiece()) {
                    picker.pieceVerified((int) (id >>> 32));
                }
            }
        }
        assertThat(all).hasSize(40);
        assertThat(pick(picker, seed, 7)).isEmpty();
    }

    @Test
    void asksForThePiecesOfHighPriorityFirstAndNeverForSkippedOnes() {
        FakePeer seed = FakePeer.seed("seed", 6);
        PiecePicker picker = picker(6, seed);
        picker.priorities(piece ->
                switch (piece) {
                    case 0, 1 -> Priority.SKIP;
                    case 5 -> Priority.HIGH;
                    case 2 -> Priority.LOW;
                    default -> Priority.NORMAL;
                });
        List<Long> picked = pick(picker, seed, 100);
        assertThat(picked).hasSize(16);
        assertThat(piecesOf(picked.subList(0, 4))).containsExactly(5);
        assertThat(piecesOf(picked.subList(4, 12))).containsExactlyInAnyOrder(3, 4);
        assertThat(piecesOf(picked.subList(12, 16))).containsExactly(2);
    }

    @Test
    void takesTheRarestPieceOnceSomePiecesAreThere() {
        FakePeer seed = FakePeer.seed("seed", 20);
        FakePeer most = new FakePeer("most", Bitfield.full(20));
        most.pieces.clear(13);
        PiecePicker picker = picker(20, seed, most);
        Bitfield there = new Bitfield(20);
        for (int piece = 0; piece < NewPieces.RANDOM_PIECES; piece++) {
            there.set(piece);
        }
        picker.reset(there);
        assertThat(piecesOf(pick(picker, seed, 4))).containsExactly(13);
    }

    @Test
    void goesInOrderWhenSequential() {
        FakePeer seed = FakePeer.seed("seed", 5);
        PiecePicker picker = picker(5, seed);
        picker.sequential(true);
        List<Long> expected = new ArrayList<>();
        for (int piece = 0; piece < 5; piece++) {
            for (int block = 0; block < BLOCKS; block++) {
                expected.add(block(piece, block));
            }
        }
        assertThat(pick(picker, seed, 100)).isEqualTo(expected);
    }

    @Test
    void beginsTheOrderWhereItIsToldTo() {
        FakePeer seed = FakePeer.seed("seed", 5);
        PiecePicker picker = picker(5, seed);
        picker.sequential(true);
        picker.sequentialFrom(3);
        for (int piece : new int[] {3, 4, 0, 1, 2}) {
            assertThat(piecesOf(pick(picker, seed, BLOCKS))).containsExactly(piece);
        }
    }

    @Test
    void asksAChokingPeerOnlyForAllowedFastPieces() {
        FakePeer seed = FakePeer.seed("seed", 5);
        seed.choking = true;
        PiecePicker picker = picker(5, seed);
        assertThat(pick(picker, seed, 10)).isEmpty();
        seed.allowedFast = new int[] {3};
        assertThat(piecesOf(pick(picker, seed, 10))).containsExactly(3);
    }

    @Test
    void beginsASuggestedPieceBeforeOthers() {
        FakePeer seed = FakePeer.seed("seed", 50);
        seed.suggested = new int[] {31};
        assertThat(piecesOf(pick(picker(50, seed), seed, 4))).containsExactly(31);
    }

    @Test
    void completesBegunPiecesBeforeItBeginsNewOnes() {
        FakePeer first = FakePeer.seed("first", 50);
        FakePeer second = FakePeer.seed("second", 50);
        PiecePicker picker = picker(50, first, second);
        List<Long> begun = pick(picker, first, 2);
        assertThat(piecesOf(pick(picker, second, 2))).isEqualTo(piecesOf(begun));
    }

    @Test
    void givesAFastPeerPiecesOfItsOwn() {
        FakePeer slow = FakePeer.seed("slow", 50);
        FakePeer fast = FakePeer.seed("fast", 50);
        fast.rate = 1_000_000;
        PiecePicker picker = picker(50, slow, fast);
        List<Long> begun = pick(picker, slow, 2);
        List<Long> own = pick(picker, fast, 6);
        assertThat(piecesOf(own)).doesNotContainAnyElementsOf(piecesOf(begun)).hasSize(2);
        assertThat(piecesOf(pick(picker, slow, 2)))
                .as("the slow one goes on with its own")
                .isEqualTo(piecesOf(begun));
    }

    @Test
    void asksASecondPeerInTheEndGameAndCancelsTheLoser() {
        FakePeer slow = FakePeer.seed("slow", 1);
        FakePeer quick = FakePeer.seed("quick", 1);
        FakePeer third = FakePeer.seed("third", 1);
        PiecePicker picker = picker(1, slow, quick, third);
        assertThat(pick(picker, slow, 100)).hasSize(BLOCKS);
        List<Long> again = pick(picker, quick, 100);
        assertThat(again).as("one copy at a time").hasSize(1);
        assertThat(pick(picker, quick, 100)).as("not while it has one to bring").isEmpty();
        assertThat(pick(picker, third, 100)).doesNotContainAnyElementsOf(again);
        assertThat(receive(picker, quick, again.getFirst()))
                .isEqualTo(new Arrival.Wanted(false, List.of(slow)));
        assertThat(receive(picker, slow, again.getFirst())).isEqualTo(new Arrival.Duplicate());
    }

    @Test
    void letsAFastPeerInWhenTwoSlowOnesWereAskedForTheLastBlock() {
        FakePeer slow = FakePeer.seed("slow", 1);
        FakePeer slower = FakePeer.seed("slower", 1);
        FakePeer slowest = FakePeer.seed("slowest", 1);
        FakePeer fast = FakePeer.seed("fast", 1);
        slow.rate = 1000;
        fast.rate = 100_000;
        PiecePicker picker = picker(1, slow, slower, slowest, fast);
        List<Long> all = pick(picker, slow, 100);
        all.stream().skip(1).forEach(id -> receive(picker, slow, id));
        long last = all.getFirst();
        assertThat(pick(picker, slower, 100)).containsExactly(last);
        assertThat(pick(picker, slowest, 100)).as("two slow ones are enough").isEmpty();
        assertThat(pick(picker, fast, 100)).containsExactly(last);
        assertThat(receive(picker, fast, last))
                .isInstanceOfSatisfying(
                        Arrival.Wanted.class,
                        wanted ->
                                assertThat(wanted.cancel())
                                        .containsExactlyInAnyOrder(slow, slower));
    }

    @Test
    void keepsOutOfTheEndGameWhileSomethingIsFree() {
        FakePeer seed = FakePeer.seed("seed", 2);
        FakePeer other = FakePeer.with("other", 2, 0);
        PiecePicker picker = picker(2, seed, other);
        picker.sequential(true);
        assertThat(pick(picker, seed, BLOCKS)).hasSize(BLOCKS);
        assertThat(pick(picker, other, 10)).as("piece 1 is free").isEmpty();
        assertThat(pick(picker, seed, BLOCKS)).hasSize(BLOCKS);
        assertThat(pick(picker, other, 10)).hasSize(1);
    }

    @Test
    void freesTheBlocksOfAPeerThatLeaves() {
        FakePeer leaver = FakePeer.seed("leaver", 1);
        FakePeer other = FakePeer.seed("other", 1);
        PiecePicker picker = picker(1, leaver, other);
        List<Long> picked = pick(picker, leaver, 3);
        receive(picker, leaver, picked.getFirst());
        picker.peerGone(leaver);
        assertThat(pick(picker, other, 10)).hasSize(3).doesNotContain(picked.getFirst());
    }

    @Test
    void acceptsABlockThatWasUnderWayWhenThePeerChoked() {
        FakePeer peer = FakePeer.seed("peer", 3);
        FakePeer other = FakePeer.seed("other", 3);
        PiecePicker picker = picker(3, peer, other);
        long id = pick(picker, peer, 1).getFirst();
        picker.choked(peer);
        assertThat(pick(picker, other, 1)).containsExactly(id);
        assertThat(receive(picker, peer, id)).isEqualTo(new Arrival.Wanted(false, List.of(other)));
    }

    @Test
    void doesNotAskAPeerAtOnceForWhatItRefused() {
        FakePeer refuser = FakePeer.seed("refuser", 1);
        FakePeer other = FakePeer.seed("other", 1);
        PiecePicker picker = picker(1, refuser, other);
        long id = pick(picker, refuser, 1).getFirst();
        picker.rejected(0, 0, refuser, NOW);
        refuser.asked.clear();
        assertThat(pick(picker, refuser, 10)).hasSize(3).doesNotContain(id);
        assertThat(pick(picker, other, 1)).containsExactly(id);
        picker.rejected(0, 0, other, NOW);
        long later = NOW + PiecePicker.SHUN_NANOS;
        assertThat(pick(picker, refuser, 1, later)).containsExactly(id);
    }

    @Test
    void dropsABlockThatWasNeverAskedOfThePeer() {
        FakePeer peer = FakePeer.seed("peer", 2);
        FakePeer stranger = FakePeer.seed("stranger", 2);
        PiecePicker picker = picker(2, peer, stranger);
        picker.sequential(true);
        pick(picker, peer, 2);
        assertThat(picker.received(0, 0, stranger)).isEqualTo(new Arrival.Unwanted());
        assertThat(picker.received(0, 3, stranger)).isEqualTo(new Arrival.Unwanted());
        assertThat(picker.received(1, 0, stranger)).isEqualTo(new Arrival.Unwanted());
        assertThat(picker.received(7, 0, stranger)).isEqualTo(new Arrival.Unwanted());
        assertThat(picker.received(0, 99, stranger)).isEqualTo(new Arrival.Unwanted());
    }

    @Test
    void asksForAFailedPieceAgain() {
        FakePeer peer = FakePeer.seed("peer", 1);
        PiecePicker picker = picker(1, peer);
        for (long id : pick(picker, peer, 4)) {
            receive(picker, peer, id);
        }
        assertThat(pick(picker, peer, 4)).as("waits for the verdict").isEmpty();
        picker.pieceFailed(0);
        assertThat(pick(picker, peer, 4)).hasSize(4);
    }

    @Test
    void goesOnWithTheBlocksOfAnEarlierRun() {
        FakePeer peer = FakePeer.seed("peer", 2);
        PiecePicker picker = picker(2, peer);
        BitSet written = new BitSet();
        written.set(0, 3);
        assertThat(picker.restore(1, written)).isFalse();
        assertThat(pick(picker, peer, 1)).containsExactly(block(1, 3));
        List<BitSet> kept = new ArrayList<>();
        picker.forEachPartial((piece, blocks) -> kept.add(blocks));
        assertThat(kept).containsExactly(written);
        written.set(3);
        assertThat(picker(2, peer).restore(0, written)).as("complete").isTrue();
    }

    @Test
    void servesDeadlinesFirstEvenInASkippedPiece() {
        FakePeer seed = FakePeer.seed("seed", 9);
        PiecePicker picker = picker(9, seed);
        picker.priorities(piece -> piece < 5 ? Priority.NORMAL : Priority.SKIP);
        picker.deadlines(new int[] {3, 7}, new long[] {NOW + 1, NOW + 2});
        List<Long> picked = pick(picker, seed, 8);
        assertThat(piecesOf(picked.subList(0, 4))).containsExactly(3);
        assertThat(piecesOf(picked.subList(4, 8))).containsExactly(7);
        picker.deadlines(new int[0], new long[0]);
        picker.choked(seed);
        seed.asked.clear();
        assertThat(piecesOf(pick(picker, seed, 100))).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void asksASecondPeerForALateBlockThatAStreamWaitsFor() {
        FakePeer slow = FakePeer.seed("slow", 50);
        FakePeer quick = FakePeer.seed("quick", 50);
        PiecePicker picker = picker(50, slow, quick);
        picker.deadlines(new int[] {20}, new long[] {NOW + 1000});
        assertThat(pick(picker, slow, 4)).hasSize(4);
        assertThat(piecesOf(pick(picker, quick, 2))).doesNotContain(20);
        assertThat(piecesOf(pick(picker, quick, 4, NOW + 1001))).containsExactly(20);
    }

    @Test
    void holdsNothingButTheSetOfPiecesOnceComplete() {
        FakePeer seed = FakePeer.seed("seed", 3);
        PiecePicker picker = picker(3, seed);
        for (long id : pick(picker, seed, 12)) {
            receive(picker, seed, id);
        }
        for (int piece = 0; piece < 3; piece++) {
            picker.pieceVerified(piece);
        }
        assertThat(picker.table().holdsOrders()).isFalse();
        assertThat(picker.table().partials.size()).isZero();
        assertThat(picker.table().availability.holdsCounts()).isFalse();
        assertThat(picker.interesting(seed.pieces)).isFalse();
    }
}
