package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that have everything and bring nothing. */
@Timeout(60)
class ObstructionTest {
    private static final int BLOCKS = 4;
    private static final long NOW = -5_000_000_000L; // clocks may be negative

    private static PiecePicker picker(int pieces, FakePeer... peers) {
        long length = (long) pieces * BLOCKS * PieceMap.BLOCK;
        PieceMap map =
                PieceMap.contiguous(BLOCKS * PieceMap.BLOCK, new long[] {length}, new boolean[1]);
        PiecePicker picker = new PiecePicker(map, new Random(7));
        for (FakePeer peer : peers) {
            picker.peerAdded(peer.pieces);
        }
        return picker;
    }

    private static int pick(PiecePicker picker, FakePeer peer, int howMany, long now) {
        return picker.pick(
                peer, howMany, now, (piece, block) -> peer.asked.add(FakePeer.block(piece, block)));
    }

    private static void refuseAll(PiecePicker picker, FakePeer refuser) {
        for (long id : refuser.asked) {
            picker.rejected((int) (id >>> 32), (int) id, refuser, NOW);
        }
        refuser.asked.clear();
    }

    @Test
    void piecesOfWhichAllWasRefusedCountAsBegunForAWhileOnly() {
        int pieces = 100;
        FakePeer refuser = FakePeer.seed("refuser", pieces);
        FakePeer other = FakePeer.seed("other", pieces);
        PiecePicker picker = picker(pieces, refuser, other);
        assertThat(pick(picker, refuser, 1000, NOW)).isEqualTo(pieces * BLOCKS);
        refuseAll(picker, refuser);
        long end = NOW + PiecePicker.SHUN_NANOS;
        picker.pulse(end - 1);
        assertThat(pick(picker, refuser, 1000, end - 1)).isZero();
        assertThat(pick(picker, other, 1, end - 1)).isOne();
        picker.pulse(end);
        assertThat(picker.table().partials.size()).as("that of the other one").isOne();
        assertThat(pick(picker, refuser, 1000, end)).isEqualTo(pieces * BLOCKS - 1);
    }

    @Test
    void whatAChokeRefusesIsNotBegun() {
        FakePeer choker = FakePeer.seed("choker", 9);
        PiecePicker picker = picker(9, choker);
        pick(picker, choker, 1000, NOW);
        choker.choking = true;
        refuseAll(picker, choker);
        assertThat(picker.table().partials.size()).isZero();
    }

    @Test
    void whoStallsWithTheLastBlockBarsNobodysWay() {
        FakePeer first = FakePeer.seed("first", 1);
        FakePeer second = FakePeer.seed("second", 1);
        FakePeer newcomer = FakePeer.seed("newcomer", 1);
        FakePeer last = FakePeer.seed("last", 1);
        PiecePicker picker = picker(1, first, second, newcomer, last);
        assertThat(pick(picker, first, 100, NOW)).isEqualTo(BLOCKS);
        for (int block = 1; block < BLOCKS; block++) {
            first.asked.remove(FakePeer.block(0, block));
            picker.received(0, block, first);
        }
        assertThat(pick(picker, second, 100, NOW)).isOne();
        first.stalled = true;
        second.stalled = true;
        assertThat(pick(picker, newcomer, 100, NOW)).isOne();
        newcomer.stalled = true;
        first.stalled = false;
        second.stalled = false;
        assertThat(pick(picker, last, 100, NOW)).as("two are at work").isZero();
        second.stalled = true;
        assertThat(pick(picker, last, 100, NOW)).isOne();
        last.asked.clear();
        assertThat(pick(picker, last, 100, NOW)).as("once of each").isZero();
    }
}
