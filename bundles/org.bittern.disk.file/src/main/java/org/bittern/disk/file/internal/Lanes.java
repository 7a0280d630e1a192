package org.bittern.disk.file.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.net.PooledBuffer;

/** The {@link PieceLane}s of a torrent. Owned by the torrent's loop; not thread-safe. */
final class Lanes {
    /**
     * Pieces above which one is forgotten to which nothing happens; busy ones always have a lane.
     */
    static final int MOST = 2048;

    private final TorrentDisk disk;
    private final Map<Integer, PieceLane> lanes = new LinkedHashMap<>();

    /** Work on a piece by a disk thread, after what was asked before. */
    @FunctionalInterface
    interface PieceWork<T> {
        DiskResult<T> run(PieceLane lane);
    }

    Lanes(TorrentDisk disk) {
        this.disk = disk;
    }

    /** Whether something was asked of a piece and is not done. */
    boolean isBusy(int piece) {
        PieceLane lane = lanes.get(piece);
        return lane != null && lane.operations > 0;
    }

    private PieceLane enter(int piece) {
        PieceLane lane = lanes.get(piece);
        if (lane == null) {
            // First, for the new one is idle as well: a piece with two lanes is judged by the
            // second before the first has written its blocks.
            if (lanes.size() >= MOST) {
                forgetAnIdleLane();
            }
            lane = new PieceLane(disk, piece);
            lanes.put(piece, lane);
        }
        lane.operations++;
        return lane;
    }

    private void forgetAnIdleLane() {
        Iterator<PieceLane> oldest = lanes.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().operations == 0) {
                oldest.remove();
                return;
            }
        }
    }

    private void leave(PieceLane lane, boolean forget) {
        if (--lane.operations == 0 && forget) {
            lanes.remove(lane.piece, lane);
        }
    }

    /** Writes a block. */
    void write(int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
        PieceLane lane = enter(piece);
        lane.add(
                new PieceLane.Block(
                        begin,
                        data,
                        data.bytes().remaining(),
                        result -> {
                            leave(lane, false);
                            done.accept(result);
                        }));
    }

    /**
     * Does work on a piece.
     *
     * @param last the piece is done with, what is known of it can be forgotten
     */
    <T> void run(int piece, boolean last, PieceWork<T> work, Consumer<DiskResult<T>> done) {
        PieceLane lane = enter(piece);
        PieceLane.Task task =
                (self, completions) -> {
                    DiskResult<T> result = run(work, self);
                    completions.add(() -> {
                        leave(lane, last);
                        done.accept(result);
                    });
                };
        lane.add(task);
    }

    private static <T> DiskResult<T> run(PieceWork<T> work, PieceLane lane) {
        try {
            return work.run(lane);
        } catch (RuntimeException e) {
            return Results.fault(e);
        }
    }

    /** Runs something on the loop as soon as all that was asked of pieces so far is done. */
    void afterAll(Runnable then) {
        List<PieceLane> busy = lanes.values().stream().filter(lane -> lane.operations > 0).toList();
        if (busy.isEmpty()) {
            then.run();
            return;
        }
        int[] left = {busy.size()};
        for (PieceLane lane : busy) {
            run(
                    lane.piece,
                    false,
                    _ -> Results.DONE,
                    _ -> {
                        if (--left[0] == 0) {
                            then.run();
                        }
                    });
        }
    }

    void clear() {
        lanes.clear();
    }
}
