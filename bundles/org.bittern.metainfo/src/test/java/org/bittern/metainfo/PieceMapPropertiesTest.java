package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.bittern.metainfo.PieceMap.Span;

class PieceMapPropertiesTest {
    @Property
    void spansOfContiguousFilesCoverEachByteOnceInOrder(
            @ForAll @Size(min = 1, max = 12) List<@LongRange(max = 40) Long> files,
            @ForAll @IntRange(min = 1, max = 50) int pieceLength) {
        long[] lengths = lengths(files);
        covers(PieceMap.contiguous(pieceLength, lengths, new boolean[lengths.length]), lengths);
    }

    @Property
    void spansOfAlignedFilesCoverEachByteOnceInOrder(
            @ForAll @Size(min = 1, max = 12) List<@LongRange(max = 40) Long> files,
            @ForAll @IntRange(min = 1, max = 50) int pieceLength) {
        long[] lengths = lengths(files);
        PieceMap map = PieceMap.aligned(pieceLength, lengths);
        covers(map, lengths);
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            assertThat(map.spans(piece, 0, map.lengthOf(piece))).hasSize(1);
        }
    }

    @Property
    void partsOfAPieceAreThePartsOfItsSpans(
            @ForAll @Size(min = 1, max = 8) List<@LongRange(max = 30) Long> files,
            @ForAll @IntRange(min = 1, max = 40) int pieceLength,
            @ForAll boolean aligned) {
        long[] lengths = lengths(files);
        PieceMap map =
                aligned
                        ? PieceMap.aligned(pieceLength, lengths)
                        : PieceMap.contiguous(pieceLength, lengths, new boolean[lengths.length]);
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            for (int begin = 0; begin < map.requestableLength(piece); begin++) {
                Span whole = at(map, piece, begin);
                assertThat(map.spans(piece, begin, 1)).containsExactly(whole);
            }
        }
    }

    private static long[] lengths(List<Long> files) {
        return files.stream().mapToLong(Long::longValue).toArray();
    }

    /** The byte at {@code begin} found by walking over the spans of the whole piece. */
    private static Span at(PieceMap map, int piece, int begin) {
        int skipped = 0;
        for (Span span : map.spans(piece, 0, map.requestableLength(piece))) {
            if (begin < skipped + span.length()) {
                long offset =
                        span.file() == PieceMap.NO_FILE ? 0 : span.fileOffset() + begin - skipped;
                return new Span(span.file(), offset, 1, span.pad());
            }
            skipped += span.length();
        }
        throw new AssertionError("no span holds byte " + begin + " of piece " + piece);
    }

    private static void covers(PieceMap map, long[] lengths) {
        int file = 0;
        long offset = 0;
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            int covered = 0;
            for (Span span : map.spans(piece, 0, map.lengthOf(piece))) {
                while (lengths[file] == offset) {
                    file++;
                    offset = 0;
                }
                assertThat(span.file()).isEqualTo(file);
                assertThat(span.fileOffset()).isEqualTo(offset);
                assertThat(span.length()).isPositive();
                assertThat(piece).isBetween(map.firstPiece(file), map.lastPiece(file));
                assertThat(map.pieceAt(file, offset)).isEqualTo(piece);
                offset += span.length();
                covered += span.length();
            }
            assertThat(covered).isEqualTo(map.lengthOf(piece));
        }
        long rest = -offset;
        for (int i = file; i < lengths.length; i++) {
            rest += lengths[i];
        }
        assertThat(rest).isZero();
    }
}
