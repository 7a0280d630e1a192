package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.bittern.metainfo.PieceMap.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PieceMapTest {
    private static final int KI16 = 16_384;

    @Test
    void aPieceMaySpanManyFilesInV1() {
        PieceMap map = PieceMap.contiguous(10, new long[] {4, 0, 3, 18}, new boolean[4]);
        assertThat(map.pieceCount()).isEqualTo(3);
        assertThat(map.totalLength()).isEqualTo(25);
        assertThat(map.lengthOf(0)).isEqualTo(10);
        assertThat(map.lengthOf(2)).isEqualTo(5);
        assertThat(map.spans(0, 0, 10))
                .containsExactly(
                        new Span(0, 0, 4, false),
                        new Span(2, 0, 3, false),
                        new Span(3, 0, 3, false));
        assertThat(map.spans(0, 5, 3))
                .containsExactly(new Span(2, 1, 2, false), new Span(3, 0, 1, false));
        assertThat(map.spans(2, 0, 5)).containsExactly(new Span(3, 13, 5, false));
        assertThat(map.spans(1, 4, 0)).isEmpty();
    }

    @Test
    void knowsTheBlocksThatAreNothingButPadding() {
        long piece = 4L * KI16;
        PieceMap map =
                PieceMap.contiguous(
                        (int) piece,
                        new long[] {
                            KI16 + 1, 3 * KI16 - 1, piece, 2 * KI16, KI16 / 2, KI16 / 2, KI16, 5
                        },
                        new boolean[] {false, true, false, false, true, true, false, true});
        assertThat(map.paddingIn(0))
                .as("the second block has a byte of data")
                .hasToString("{2, 3}");
        assertThat(map.paddingIn(1).isEmpty()).isTrue();
        assertThat(map.paddingIn(2)).as("two paddings side by side").hasToString("{2}");
        assertThat(map.paddingIn(3)).as("the short last block").hasToString("{0}");
        PieceMap aligned = PieceMap.aligned((int) piece, new long[] {1, KI16});
        assertThat(aligned.paddingIn(0).isEmpty()).isTrue();
    }

    @Test
    void knowsTheBytesOfAFileInEachOfItsPieces() {
        int piece = 4 * KI16;
        long[] lengths = {piece + 1, piece - 1, 0, 5};
        PieceMap padded =
                PieceMap.contiguous(piece, lengths, new boolean[] {false, true, false, false});
        PieceMap aligned = PieceMap.aligned(piece, new long[] {piece + 1, 0, 5});
        for (PieceMap map : new PieceMap[] {padded, aligned}) {
            assertThat(map.fileBytesIn(0)).isEqualTo(piece);
            assertThat(map.fileBytesIn(1)).isEqualTo(1);
            assertThat(map.fileBytesIn(2)).isEqualTo(5);
        }
    }

    @Test
    void knowsTheFirstAndLastPieceOfAFile() {
        PieceMap map = PieceMap.contiguous(10, new long[] {10, 0, 15, 0}, new boolean[4]);
        assertThat(map.firstPiece(0)).isZero();
        assertThat(map.lastPiece(0)).isZero();
        assertThat(map.firstPiece(2)).isEqualTo(1);
        assertThat(map.lastPiece(2)).isEqualTo(2);
        assertThat(map.lastPiece(1)).isEqualTo(map.firstPiece(1) - 1);
        assertThat(map.pieceAt(2, 9)).isEqualTo(1);
        assertThat(map.pieceAt(2, 10)).isEqualTo(2);
        assertThat(map.fileAt(1)).isEqualTo(2);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.pieceAt(2, 15));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.pieceAt(1, 0));
    }

    @Test
    void everyFileOfV2StartsAPiece() {
        PieceMap map = PieceMap.aligned(KI16, new long[] {100, 0, 2 * KI16, 1});
        assertThat(map.pieceCount()).isEqualTo(4);
        assertThat(map.fileOffset(2)).isEqualTo(KI16);
        assertThat(map.fileOffset(3)).isEqualTo(3 * KI16);
        assertThat(map.totalLength()).isEqualTo(3 * KI16 + 1);
        assertThat(map.dataLength()).isEqualTo(2 * KI16 + 101);
        assertThat(map.lengthOf(0)).isEqualTo(100);
        assertThat(map.lengthOf(1)).isEqualTo(KI16);
        assertThat(map.lengthOf(3)).isEqualTo(1);
        assertThat(map.fileAt(3)).isEqualTo(3);
    }

    @Test
    void whatIsBehindTheEndOfAV2FileIsPaddingOfNoFile() {
        PieceMap map = PieceMap.aligned(KI16, new long[] {100, 200});
        assertThat(map.requestableLength(0)).isEqualTo(KI16);
        assertThat(map.spans(0, 0, KI16))
                .containsExactly(
                        new Span(0, 0, 100, false),
                        new Span(PieceMap.NO_FILE, 0, KI16 - 100, true));
        assertThat(map.spans(1, 0, KI16))
                .containsExactly(
                        new Span(1, 0, 200, false),
                        new Span(PieceMap.NO_FILE, 0, KI16 - 200, true));
        assertThat(map.spans(1, 300, 5)).containsExactly(new Span(PieceMap.NO_FILE, 0, 5, true));
    }

    @Test
    void marksPaddingFiles() {
        PieceMap map =
                PieceMap.contiguous(
                        KI16, new long[] {100, KI16 - 100, 5}, new boolean[] {false, true, false});
        assertThat(map.dataLength()).isEqualTo(105);
        assertThat(map.spans(0, 50, 100))
                .containsExactly(new Span(0, 50, 50, false), new Span(1, 0, 50, true));
        assertThat(map.isPad(1)).isTrue();
    }

    @Test
    void cutsPiecesIntoBlocks() {
        PieceMap map = PieceMap.contiguous(40_000, new long[] {45_000}, new boolean[1]);
        assertThat(map.blocksIn(0)).isEqualTo(3);
        assertThat(map.blockLength(0, 1)).isEqualTo(KI16);
        assertThat(map.blockLength(0, 2)).isEqualTo(40_000 - 2 * KI16);
        assertThat(map.blocksIn(1)).isEqualTo(1);
        assertThat(map.blockLength(1, 0)).isEqualTo(5_000);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.blockLength(1, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.blockLength(0, -1));
    }

    @Test
    void refusesRangesOutsideAPiece() {
        PieceMap map = PieceMap.contiguous(10, new long[] {25}, new boolean[1]);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.spans(2, 0, 6))
                .withMessage("bytes 0+6 of piece 2, it has 5");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.spans(0, Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.spans(0, -1, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.spans(3, 0, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.lengthOf(-1));
    }

    @Test
    void reachesBeyondTwoGigabytes() {
        long tera = 1L << 40;
        PieceMap map = PieceMap.contiguous(1 << 28, new long[] {tera, 1}, new boolean[2]);
        assertThat(map.pieceCount()).isEqualTo(4097);
        assertThat(map.spans(4095, (1 << 28) - 1, 1))
                .containsExactly(new Span(0, tera - 1, 1, false));
        assertThat(map.spans(4096, 0, 1)).containsExactly(new Span(1, 0, 1, false));
    }

    @Test
    void refusesImpossibleShapes() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PieceMap.contiguous(0, new long[] {1}, new boolean[1]));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PieceMap.contiguous(1, new long[] {-1}, new boolean[1]));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PieceMap.contiguous(1, new long[] {1}, new boolean[2]));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> PieceMap.aligned(1, new long[] {1L << 40}));
    }
}
