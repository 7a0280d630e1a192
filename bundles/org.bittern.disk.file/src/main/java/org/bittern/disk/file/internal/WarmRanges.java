package org.bittern.disk.file.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bittern.metainfo.PieceMap;

/**
 * Which ranges of a torrent were read or written lately, so that they are in the page cache as far
 * as we can know. Counted in units of a piece, or of {@link #UNIT_BYTES} where pieces are longer.
 * Owned by the torrent's loop; not thread-safe.
 */
final class WarmRanges {
    /** Bytes that are read ahead together. */
    static final int UNIT_BYTES = 1 << 20;

    /** After this time a unit counts as cold: the kernel may have needed the memory. */
    static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Units that are remembered. */
    private static final int MOST_UNITS = 4096;

    private final int unitBytes;
    private final int unitsPerPiece;
    private final int pieceCount;
    private final Map<Long, Long> warmSince = new LinkedHashMap<>();

    WarmRanges(PieceMap pieces) {
        unitBytes = Math.min(UNIT_BYTES, pieces.pieceLength());
        unitsPerPiece = (pieces.pieceLength() + unitBytes - 1) / unitBytes;
        pieceCount = pieces.pieceCount();
    }

    /** The unit of a byte. */
    long unit(int piece, int begin) {
        return (long) piece * unitsPerPiece + begin / unitBytes;
    }

    int pieceOf(long unit) {
        return (int) (unit / unitsPerPiece);
    }

    int beginOf(long unit) {
        return (int) (unit % unitsPerPiece) * unitBytes;
    }

    /** Units that are worth reading together: about {@link #UNIT_BYTES}. */
    int unitsAhead(long unit) {
        long end = (long) pieceCount * unitsPerPiece;
        return (int) Math.min(UNIT_BYTES / unitBytes, end - unit);
    }

    int unitBytes() {
        return unitBytes;
    }

    /** The first unit of a range that is cold; -1 when all are warm. */
    long firstCold(int piece, int begin, int length, long nowNanos) {
        long last = unit(piece, begin + length - 1);
        for (long unit = unit(piece, begin); unit <= last; unit++) {
            Long since = warmSince.get(unit);
            if (since == null || nowNanos - since > WARM_NANOS) {
                return unit;
            }
        }
        return -1;
    }

    /** Notes that a unit is warm now. */
    void warm(long unit, long nowNanos) {
        warmSince.remove(unit);
        warmSince.put(unit, nowNanos);
        if (warmSince.size() > MOST_UNITS) {
            warmSince.remove(warmSince.keySet().iterator().next());
        }
    }

    /** Notes that a whole piece is warm now: it was written or hashed. */
    void warmPiece(int piece, long nowNanos) {
        for (int i = 0; i < unitsPerPiece; i++) {
            warm((long) piece * unitsPerPiece + i, nowNanos);
        }
    }
}
