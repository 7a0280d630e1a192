package org.bittern.stream.local.internal;

import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.PieceNeed.Span;
import org.bittern.api.engine.PieceNeed.Urgency;
import org.bittern.metainfo.PieceMap;

/**
 * Which pieces a reader needs, and in which order.
 *
 * <p>What it waits for comes first. A reader that has just begun is probably a player that looks
 * for an index: many files have it at their end, so the last bytes come even before what follows. A
 * reader that reads on gets more and more ahead: as much as it has read, so a probe causes little
 * traffic and a film is soon safe from a pause.
 */
final class ReadAhead {
    /** More is not loaded ahead: 30 s to some minutes of a film. */
    static final long MOST_BYTES = 16L << 20;

    /** Of a file's beginning and end, which are loaded before the rest. */
    static final long EDGE_BYTES = 1L << 20;

    /** Of a file's end, for a reader that has just begun: indexes are rarely longer. */
    static final long INDEX_BYTES = 256L << 10;

    /** A reader that has read so much plays. */
    static final long YOUNG_BYTES = 1L << 20;

    /** So much is ahead of every reader, lest the edges of the file come before what follows. */
    static final long LEAST_BYTES = 1L << 20;

    private ReadAhead() {}

    /**
     * What a reader needs.
     *
     * @param start first byte it waits for
     * @param end last byte it waits for, inclusive
     * @param contiguous bytes that it has read up to here without a jump
     */
    static PieceNeed of(PieceMap map, int file, long start, long end, long contiguous) {
        int first = map.pieceAt(file, start);
        int last = map.pieceAt(file, end);
        long length = map.fileLength(file);
        List<Span> ahead = new ArrayList<>();
        boolean young = contiguous < YOUNG_BYTES;
        if (young && end < length - INDEX_BYTES) {
            int index = map.pieceAt(file, length - INDEX_BYTES);
            ahead.add(new Span(Math.max(index, last), map.lastPiece(file), Urgency.NEXT));
        }
        long least = Math.max(LEAST_BYTES, 2L * map.pieceLength());
        long bytes = Math.min(Math.max(contiguous, least), Math.max(MOST_BYTES, least));
        if (end < length - 1) {
            int until = map.pieceAt(file, Math.min(length - 1, end + bytes));
            if (until > last) {
                ahead.add(new Span(last + 1, until, Urgency.NEXT));
            }
        }
        long edge = Math.min(length - 1, EDGE_BYTES);
        ahead.add(
                new Span(
                        map.pieceAt(file, Math.max(0, length - 1 - edge)),
                        map.lastPiece(file),
                        Urgency.EDGE));
        ahead.add(new Span(map.firstPiece(file), map.pieceAt(file, edge), Urgency.EDGE));
        return new PieceNeed(new Span(first, last, Urgency.URGENT), ahead);
    }

    /**
     * How far a file can be read when all pieces up to one are there.
     *
     * @return last byte, inclusive, at most {@code most} bytes from {@code start}
     */
    static long readable(PieceMap map, int file, int lastPiece, long start, long most) {
        long end = (long) (lastPiece + 1) * map.pieceLength() - map.fileOffset(file);
        return Math.min(Math.min(end, map.fileLength(file)), start + most) - 1;
    }
}
