package org.bittern.disk.file.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore.PieceChecked;
import org.jspecify.annotations.Nullable;

/**
 * Hashes pieces as they are in the files, some MiB at a time, on all threads of the device that
 * have nothing better to do. The lock guards the cursor and the count of steps; results are
 * collected on the loop.
 */
final class CheckJob {
    /** Bytes of one step, unless a single piece is longer. */
    private static final int STEP_BYTES = 8 << 20;

    private record Outcome(int piece, boolean good) {}

    private final TorrentDisk disk;
    private final PieceChecked progress;
    private final Consumer<DiskResult<Bitfield>> done;
    private final Bitfield wanted;
    private final Holes holes;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private int next;
    private int running;
    private boolean ended;
    private DiskResult.@Nullable Failed<Bitfield> failure; // of the first step that failed

    // The loop's.
    private final Bitfield good;
    private boolean answered;

    CheckJob(
            TorrentDisk disk,
            Bitfield wanted,
            PieceChecked progress,
            Consumer<DiskResult<Bitfield>> done) {
        this.disk = disk;
        this.wanted = wanted.copy();
        holes = new Holes(disk.metainfo(), disk.files());
        this.progress = progress;
        this.done = done;
        good = new Bitfield(wanted.pieceCount());
    }

    /** Whether the outcome was told. On the loop. */
    boolean answered() {
        return answered;
    }

    /** Ends a check that did not begin. On the loop. */
    void fail(DiskResult.Failed<Bitfield> why) {
        answered = true;
        done.accept(why);
    }

    /** Begins. On the loop. */
    void start() {
        disk.route().to(this::start);
    }

    private void start(Device device) {
        int threads = device.threadCount();
        lock.lock();
        try {
            running = threads;
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < threads; i++) {
            device.background(() -> step(device));
        }
    }

    /** Ends early. Any thread. */
    void cancel() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void step(Device device) {
        Completions completions = new Completions(disk.loop());
        List<Integer> pieces = claim();
        for (int piece : pieces) {
            if (!ended()) {
                check(piece, completions);
            }
        }
        if (pieces.isEmpty()) {
            finish(completions);
            completions.post();
        } else {
            // First the outcome, then the next step: it may be the last, on another thread.
            completions.post();
            device.background(() -> step(device));
        }
    }

    private List<Integer> claim() {
        List<Integer> claimed = new ArrayList<>();
        lock.lock();
        try {
            long bytes = 0;
            while (!ended && next >= 0 && bytes < STEP_BYTES) {
                next = wanted.nextSet(next);
                if (next >= 0) {
                    claimed.add(next++);
                    bytes += disk.layout().pieces.pieceLength();
                }
            }
        } finally {
            lock.unlock();
        }
        return claimed;
    }

    private void check(int piece, Completions completions) {
        try {
            boolean matches = matches(piece);
            disk.files().judged(piece, matches);
            completions.add(() -> record(new Outcome(piece, matches)));
        } catch (IOException e) {
            end(Results.failed(e));
        } catch (RuntimeException e) {
            end(Results.fault(e));
        }
    }

    private void end(DiskResult.Failed<Bitfield> why) {
        lock.lock();
        try {
            ended = true;
            if (failure == null) {
                failure = why;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean matches(int piece) throws IOException {
        PieceHasher hasher = new PieceHasher(disk.metainfo(), piece);
        if (!hasher.canJudge()) {
            throw new IOException(
                    "piece %d cannot be checked: its piece layer is not known".formatted(piece));
        }
        ByteBuffer scratch = disk.scratch().get();
        try {
            return !holes.isBadHole(piece, scratch) && hasher.matches(disk.files(), scratch);
        } catch (NoSuchFileException | EOFException _) {
            return false;
        }
    }

    private void record(Outcome outcome) {
        if (outcome.good) {
            good.set(outcome.piece);
        }
        progress.checked(outcome.piece, outcome.good);
    }

    private void finish(Completions completions) {
        DiskResult.@Nullable Failed<Bitfield> failed;
        lock.lock();
        try {
            if (--running > 0) {
                return;
            }
            failed = failure;
        } finally {
            lock.unlock();
        }
        // Steps of other threads have posted what they found before they came to their end.
        completions.add(() -> {
            answered = true;
            done.accept(failed == null ? new DiskResult.Ok<>(good.copy()) : failed);
        });
    }
}
