package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocks that peers were asked for before there was the picker. */
@Timeout(60)
class ExpectedBlocksTest {
    private static final int BLOCKS = 4;
    private static final int PIECES = 2;
    private static final long NOW = -5_000_000_000L; // clocks may be negative

    private final FakePeer one = FakePeer.seed("one", PIECES);
    private final FakePeer two = FakePeer.seed("two", PIECES);
    private final PiecePicker picker =
            new PiecePicker(
                    PieceMap.contiguous(
                            BLOCKS * PieceMap.BLOCK,
                            new long[] {(long) PIECES * BLOCKS * PieceMap.BLOCK},
                            new boolean[1]),
                    new Random(7));

    ExpectedBlocksTest() {
        picker.peerAdded(one.pieces);
        picker.peerAdded(two.pieces);
    }

    @Test
    void areAskedForNoMoreAndWelcome() {
        assertThat(picker.expect(0, 1, one)).isTrue();
        List<Long> picked = new ArrayList<>();
        picker.pick(
                one,
                PIECES * BLOCKS - 1,
                NOW,
                (piece, block) -> picked.add(FakePeer.block(piece, block)));
        assertThat(picked).hasSize(PIECES * BLOCKS - 1).doesNotContain(FakePeer.block(0, 1));
        assertThat(picker.received(0, 1, one)).isEqualTo(new Arrival.Wanted(false, List.of()));
        assertThat(picker.expect(0, 1, one)).as("it is there").isFalse();
    }

    @Test
    void mayBeExpectedOfTwo() {
        assertThat(picker.expect(0, 1, one)).isTrue();
        assertThat(picker.expect(0, 1, one)).as("twice").isFalse();
        assertThat(picker.expect(0, 1, two)).isTrue();
        assertThat(picker.received(0, 1, two)).isEqualTo(new Arrival.Wanted(false, List.of(one)));
    }

    @Test
    void areNotBeyondTheEnd() {
        assertThat(picker.expect(PIECES, 0, one)).isFalse();
        assertThat(picker.expect(0, BLOCKS, one)).isFalse();
        assertThat(picker.expect(-1, 0, one)).isFalse();
    }
}
