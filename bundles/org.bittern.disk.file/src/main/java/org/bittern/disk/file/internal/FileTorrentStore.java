package org.bittern.disk.file.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.api.engine.Priority;
import org.bittern.disk.file.internal.BlockReader.Wanted;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.PooledBuffer;

/**
 * The loop's side of one torrent's files. Owned by the torrent's loop; not thread-safe. It keeps
 * order and accounts, the work is done elsewhere: on pieces by {@link PieceLane}s, on whole files
 * by {@link Housekeeping}, one after the other.
 */
final class FileTorrentStore implements TorrentStore {
    private final TorrentDisk disk;
    private final BlockHashes blockHashes;
    private final Housekeeping housekeeping;
    private final Relocation relocation;
    private final Reads reads;
    private final Controls controls;
    private final Consumer<FileTorrentStore> onClosed;
    private final Controls longControls;
    private final Lanes lanes;
    private final List<CheckJob> checks = new ArrayList<>(0);
    private final List<MoveThreads> moves = new ArrayList<>(0);
    private final List<Consumer<DiskResult<Void>>> closers = new ArrayList<>(0);
    private int outstanding; // operations without an answer
    private int relocations; // operations that change where files are
    private boolean closing;
    private boolean finishing;
    private boolean closed;

    FileTorrentStore(
            TorrentDisk disk,
            Housekeeping housekeeping,
            Relocation relocation,
            Reads reads,
            Consumer<FileTorrentStore> onClosed) {
        this.disk = disk;
        blockHashes = new BlockHashes(disk);
        this.housekeeping = housekeeping;
        this.relocation = relocation;
        this.reads = reads;
        this.onClosed = onClosed;
        controls = new Controls(disk);
        longControls = new Controls(disk);
        lanes = new Lanes(disk);
    }

    /** Runs work on the loop; false when the loop has ended. Any thread. */
    boolean onLoop(Runnable work) {
        return Completions.post(disk.loop(), work);
    }

    /** Closes the files when nobody works on them any more and the loop does not answer. */
    void abandon() {
        housekeeping.close();
    }

    private <T> void refuse(Consumer<DiskResult<T>> done) {
        onLoop(() -> done.accept(Results.closed()));
    }

    /** Counts an operation until it is answered. */
    private <T> Consumer<DiskResult<T>> counted(Consumer<DiskResult<T>> done) {
        outstanding++;
        return result -> {
            outstanding--;
            try {
                done.accept(result);
            } finally {
                closeWhenIdle();
            }
        };
    }

    @Override
    public void write(int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
        int length = data.bytes().remaining();
        if (closing) {
            data.release();
            refuse(done);
            return;
        }
        checkRange(piece, begin, length);
        lanes.write(piece, begin, data, counted(done));
    }

    private void checkRange(int piece, int begin, int length) {
        int most = disk.layout().pieces.requestableLength(piece);
        if (begin < 0 || length < 1 || begin > most - length) {
            throw new IndexOutOfBoundsException(
                    "bytes %d+%d of piece %d, it has %d".formatted(begin, length, piece, most));
        }
    }

    private <T> void onLane(
            int piece, boolean last, Lanes.PieceWork<T> work, Consumer<DiskResult<T>> done) {
        lanes.run(piece, last, work, counted(done));
    }

    @Override
    public void verify(int piece, Consumer<DiskResult<Boolean>> verdict) {
        if (closing) {
            refuse(verdict);
            return;
        }
        onLane(
                piece,
                true,
                PieceLane::verify,
                result -> {
                    if (result instanceof DiskResult.Ok<Boolean> ok && ok.value()) {
                        reads.warm(piece);
                    }
                    verdict.accept(result);
                });
    }

    @Override
    public void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests) {
        if (closing) {
            refuse(digests);
            return;
        }
        onLane(piece, false, _ -> blockHashes.digests(piece), digests);
    }

    @Override
    public void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves) {
        if (closing) {
            refuse(leaves);
            return;
        }
        onLane(piece, true, _ -> blockHashes.leaves(piece), leaves);
    }

    @Override
    public void read(
            int piece,
            int begin,
            int length,
            boolean zeroCopy,
            Consumer<DiskResult<BlockSource>> block) {
        if (closing) {
            refuse(block);
            return;
        }
        checkRange(piece, begin, length);
        Wanted wanted = new Wanted(piece, begin, length, zeroCopy);
        if (lanes.isBusy(piece)) {
            onLane(piece, false, _ -> reads.readHere(wanted), block);
        } else {
            reads.read(wanted, relocations == 0, counted(block));
        }
    }

    @Override
    public Cancellation check(
            Bitfield pieces, PieceChecked progress, Consumer<DiskResult<Bitfield>> done) {
        if (closing) {
            refuse(done);
            return () -> {};
        }
        Consumer<DiskResult<Bitfield>> counted = counted(done);
        CheckJob job =
                new CheckJob(
                        disk,
                        pieces,
                        progress,
                        result -> {
                            checks.removeIf(CheckJob::answered);
                            counted.accept(result);
                        });
        checks.add(job);
        Controls.Deed look = housekeeping::lookForCheck;
        controls.add(lanes::afterAll, look.asJob(), looked -> start(job, looked));
        return job::cancel;
    }

    private static void start(CheckJob job, DiskResult<Void> looked) {
        if (looked instanceof DiskResult.Failed<Void> failed) {
            job.fail(Results.as(failed));
        } else {
            job.start();
        }
    }

    @Override
    public void trust(Bitfield verified) {
        disk.layout().finishing.trust(verified);
    }

    @Override
    public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
        control(Runnable::run, () -> new DiskResult.Ok<>(housekeeping.prepare()), done);
    }

    @Override
    public void stat(Consumer<DiskResult<List<FileStat>>> done) {
        control(Runnable::run, () -> new DiskResult.Ok<>(housekeeping.stat()), done);
    }

    @Override
    public void sync(Consumer<DiskResult<Void>> done) {
        Controls.Deed sync = housekeeping::sync;
        control(lanes::afterAll, sync.asJob(), done);
    }

    @Override
    public void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done) {
        List<Priority> copy = List.copyOf(priorities);
        if (copy.size() != disk.layout().slots().size()) {
            throw new IllegalArgumentException(
                    "%d priorities for %d files"
                            .formatted(copy.size(), disk.layout().slots().size()));
        }
        relocation(() -> housekeeping.priorities(copy), done);
    }

    @Override
    public void rename(
            List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done) {
        List<String> checked = FileLayout.checked(path);
        FileLayout.checked(List.of(name));
        relocation(
                () -> {
                    housekeeping.lookOnce(); // unfinished files have names of their own
                    Renaming.rename(disk.layout(), checked, name, again);
                    if (again) {
                        housekeeping.lookAnew(); // it was under the new name already
                    }
                },
                done);
    }

    @Override
    public Cancellation move(
            Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        return move(directory, true, progress, done);
    }

    @Override
    public Cancellation moveInto(
            Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        return move(directory, false, progress, done);
    }

    private Cancellation move(
            Path directory, boolean make, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        Path target = absolute(directory);
        MoveTicket ticket = new MoveTicket((bytes, of) -> onLoop(() -> progress.moved(bytes, of)));
        MoveThreads threads = new MoveThreads(disk.route(), ticket);
        if (closing) {
            refuse(done);
            return () -> {};
        }
        moves.add(threads);
        relocations++;
        Controls.Deed move =
                () -> {
                    ticket.checkCancelled();
                    housekeeping.beforeMove();
                    relocation.move(target, make, ticket);
                };
        // Beside the other controls: it may take hours, and files must be synced meanwhile.
        longControls.addOn(
                threads,
                move.asJob(),
                this.<Void>counted(result -> {
                    moves.remove(threads);
                    relocations--;
                    done.accept(result);
                }));
        return threads::cancel;
    }

    @Override
    public void settle(Path directory, Consumer<DiskResult<Boolean>> moved) {
        Path target = absolute(directory);
        control(Runnable::run, () -> new DiskResult.Ok<>(relocation.settle(target)), moved);
    }

    private static Path absolute(Path directory) {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + directory);
        }
        return directory.normalize();
    }

    @Override
    public Path location(int file) {
        FileLayout layout = disk.layout();
        return layout.pathOf(layout.slot(file));
    }

    private void relocation(Controls.Deed job, Consumer<DiskResult<Void>> done) {
        relocations++;
        control(
                Runnable::run,
                job.asJob(),
                result -> {
                    relocations--;
                    done.accept(result);
                });
    }

    private <T> void control(
            Consumer<Runnable> before, Controls.Job<T> job, Consumer<DiskResult<T>> done) {
        if (closing) {
            refuse(done);
        } else {
            controls.add(before, job, counted(done));
        }
    }

    @Override
    public void close(Consumer<DiskResult<Void>> done) {
        if (closed) {
            onLoop(() -> done.accept(Results.DONE));
            return;
        }
        closers.add(done);
        if (!closing) {
            checks.forEach(CheckJob::cancel);
            moves.forEach(MoveThreads::cancel);
            lanes.afterAll(this::closeWhenIdle);
            closing = true;
            onLoop(this::closeWhenIdle);
        }
    }

    private void closeWhenIdle() {
        if (closing && !finishing && outstanding == 0) {
            finishing = true;
            disk.route()
                    .bulk(() -> {
                        housekeeping.close();
                        onLoop(this::tellClosers);
                    });
        }
    }

    private void tellClosers() {
        closed = true;
        lanes.clear();
        onClosed.accept(this);
        List.copyOf(closers).forEach(closer -> closer.accept(Results.DONE));
        closers.clear();
    }

    @Override
    public void delete(Consumer<DiskResult<Void>> done) {
        Controls.Deed delete = housekeeping::delete;
        close(_ -> controls.add(Runnable::run, delete.asJob(), done));
    }
}
