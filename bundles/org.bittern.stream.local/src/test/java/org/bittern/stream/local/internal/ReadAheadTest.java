package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.PieceNeed.Span;
import org.bittern.api.engine.PieceNeed.Urgency;
import org.bittern.api.stream.BufferStatus;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.junit.jupiter.api.Test;

/** Which pieces a reader needs, and what it may read. */
class ReadAheadTest {
    private static final int PIECE = 256 << 10;

    /** A small file, then one of 25 MiB that begins in the middle of the second piece. */
    private static final PieceMap MAP =
            PieceMap.contiguous(
                    PIECE, new long[] {PIECE + PIECE / 2, 100L * PIECE, 0}, new boolean[3]);

    @Test
    void aNewReaderNeedsItsWindowThenTheIndexAtTheEndThenALittleAhead() {
        PieceNeed need = ReadAhead.of(MAP, 1, 0, 65_535, 0);
        assertThat(need.first()).isEqualTo(new Span(1, 1, Urgency.URGENT));
        assertThat(need.ahead())
                .containsExactly(
                        new Span(100, 101, Urgency.NEXT),
                        new Span(2, 5, Urgency.NEXT),
                        new Span(97, 101, Urgency.EDGE),
                        new Span(1, 5, Urgency.EDGE));
    }

    @Test
    void whoReadsOnGetsAsMuchAheadAsItHasReadUpToALimit() {
        assertThat(ahead(ReadAhead.of(MAP, 1, 8 << 20, (9 << 20) - 1, 4 << 20))).isEqualTo(16);
        assertThat(ahead(ReadAhead.of(MAP, 1, 8 << 20, (9 << 20) - 1, 100 << 20)))
                .isEqualTo((int) (ReadAhead.MOST_BYTES / PIECE));
    }

    @Test
    void largePiecesAreTwoAheadAtLeast() {
        PieceMap large =
                PieceMap.contiguous(16 << 20, new long[] {100L << 20}, new boolean[] {false});
        assertThat(ReadAhead.of(large, 0, 0, 65_535, 0).ahead())
                .contains(new Span(1, 2, Urgency.NEXT));
    }

    private static int ahead(PieceNeed need) {
        Span span = need.ahead().getFirst();
        assertThat(span.urgency()).isEqualTo(Urgency.NEXT);
        assertThat(span.first()).isEqualTo(need.first().last() + 1);
        return span.last() - span.first() + 1;
    }

    @Test
    void nothingBeyondTheFileIsNeeded() {
        long length = MAP.fileLength(1);
        PieceNeed end = ReadAhead.of(MAP, 1, length - 10, length - 1, 0);
        assertThat(end.first()).isEqualTo(new Span(101, 101, Urgency.URGENT));
        assertThat(end.ahead()).allMatch(span -> span.last() <= 101 && span.first() >= 1);
        PieceNeed small = ReadAhead.of(MAP, 0, 0, 99, 0);
        assertThat(small.ahead()).allMatch(span -> span.last() <= 1);
    }

    @Test
    void aGrantEndsWithTheLastGoodPieceTheFileOrTheLimit() {
        assertThat(ReadAhead.readable(MAP, 1, 2, 0, 1 << 30)).isEqualTo(3 * PIECE / 2 - 1);
        assertThat(ReadAhead.readable(MAP, 1, 101, 0, 1L << 40)).isEqualTo(100L * PIECE - 1);
        assertThat(ReadAhead.readable(MAP, 1, 101, 1000, 500)).isEqualTo(1499);
    }

    @Test
    void tellsWhatIsThereOfAFile() {
        Bitfield pieces = new Bitfield(102);
        List.of(0, 1, 2, 5, 101).forEach(pieces::set);
        assertThat(TorrentBrain.runs(MAP, 1, pieces))
                .containsExactly(
                        new BufferStatus.Bytes(0, 3 * PIECE / 2 - 1),
                        new BufferStatus.Bytes(7L * PIECE / 2, 9L * PIECE / 2 - 1),
                        new BufferStatus.Bytes(199L * PIECE / 2, 100L * PIECE - 1));
        assertThat(TorrentBrain.runs(MAP, 0, pieces))
                .containsExactly(new BufferStatus.Bytes(0, PIECE + PIECE / 2 - 1));
    }

    @Test
    void idsAreReadAndWritten() {
        String hash = "ab".repeat(20);
        assertThat(FileId.parse(hash.toUpperCase(Locale.ROOT) + "-12"))
                .hasValue(new FileId(hash, 12));
        assertThat(new FileId(hash, 12)).hasToString(hash + "-12");
        for (String wrong : List.of("", hash, hash + "-", hash + "--1", hash + "-01", "x-1")) {
            assertThat(FileId.parse(wrong)).as(wrong).isEmpty();
        }
    }
}
