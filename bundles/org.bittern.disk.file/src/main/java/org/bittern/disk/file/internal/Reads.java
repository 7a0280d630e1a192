package org.bittern.disk.file.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bittern.disk.file.internal.BlockReader.Wanted;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;

/**
 * Answers reads: at once where the bytes are in the page cache as far as we know and the files are
 * open, else after a disk thread has read the surroundings once, so that a loop that takes regions
 * never waits for a platter. Owned by the torrent's loop; not thread-safe.
 */
final class Reads {
    /** A range that is still cold after so many rounds is read by a disk thread. */
    private static final int MOST_ROUNDS = 3;

    private final TorrentDisk disk;
    private final BlockReader reader;
    private final WarmRanges warm;
    private final Map<Long, List<Runnable>> warming = new HashMap<>();

    Reads(TorrentDisk disk, BlockReader reader) {
        this.disk = disk;
        this.reader = reader;
        warm = new WarmRanges(disk.layout().pieces);
    }

    /**
     * Reads a block.
     *
     * @param settled false while files may be on their way to other places
     */
    void read(Wanted wanted, boolean settled, Consumer<DiskResult<BlockSource>> done) {
        if (settled) {
            read(wanted, 0, done);
        } else {
            readLater(wanted, done);
        }
    }

    private void read(Wanted wanted, int round, Consumer<DiskResult<BlockSource>> done) {
        long cold =
                warm.firstCold(
                        wanted.piece(), wanted.begin(), wanted.length(), disk.nanos().getAsLong());
        if (cold >= 0 && round < MOST_ROUNDS) {
            warmUp(cold, () -> read(wanted, round + 1, done));
            return;
        }
        BlockSource now = cold < 0 ? reader.readNow(wanted) : null;
        if (now == null) {
            readLater(wanted, done);
        } else {
            Completions.post(disk.loop(), () -> done.accept(new DiskResult.Ok<>(now)));
        }
    }

    private void readLater(Wanted wanted, Consumer<DiskResult<BlockSource>> done) {
        disk.route()
                .submit(() -> {
                    DiskResult<BlockSource> result = reader.read(wanted);
                    Completions.post(disk.loop(), () -> done.accept(result));
                });
    }

    private void warmUp(long cold, Runnable then) {
        List<Runnable> waiting = warming.get(cold);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        List<Runnable> all = new ArrayList<>();
        all.add(then);
        int units = warm.unitsAhead(cold);
        for (int i = 0; i < units; i++) {
            warming.putIfAbsent(cold + i, all);
        }
        disk.route()
                .submit(() -> {
                    for (int i = 0; i < units; i++) {
                        warmUnit(cold + i);
                    }
                    Completions.post(disk.loop(), () -> warmed(cold, units, all));
                });
    }

    private void warmUnit(long unit) {
        int piece = warm.pieceOf(unit);
        int begin = warm.beginOf(unit);
        int length = Math.min(warm.unitBytes(), disk.layout().pieces.lengthOf(piece) - begin);
        reader.warm(piece, begin, length);
    }

    private void warmed(long first, int units, List<Runnable> waiting) {
        long now = disk.nanos().getAsLong();
        for (long unit = first; unit < first + units; unit++) {
            warm.warm(unit, now);
            warming.remove(unit, waiting);
        }
        waiting.forEach(Runnable::run);
    }

    /** A piece was written and hashed: its bytes are in the page cache. */
    void warm(int piece) {
        warm.warmPiece(piece, disk.nanos().getAsLong());
    }

    /** A range of a piece, read by a disk thread that is at work on it. */
    DiskResult<BlockSource> readHere(Wanted wanted) {
        return reader.read(wanted);
    }
}
