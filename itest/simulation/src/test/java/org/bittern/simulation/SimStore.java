package org.bittern.simulation;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** One torrent on a simulated disk, as the contract of stores says. */
final class SimStore implements TorrentStore {
    private static final DiskResult<Void> DONE = done();

    private final SimDisk disk;
    private final StoreSpec spec;
    private final Map<Block, DiskResult.Failed<?>> lost = new LinkedHashMap<>();
    private Path directory;
    private boolean closed;

    SimStore(SimDisk disk, StoreSpec spec) {
        this.disk = disk;
        this.spec = spec;
        directory = spec.directory();
    }

    private record Block(int piece, int begin) {}

    @SuppressWarnings("NullAway") // null is the only value of Void
    private static DiskResult<Void> done() {
        return new DiskResult.Ok<>(null);
    }

    private static <T> DiskResult.Failed<T> failed(SimDisk.Fault fault) {
        return new DiskResult.Failed<>(
                fault.kind(),
                fault.kind() == Kind.FULL
                        ? "no space left on the simulated disk"
                        : "the simulated disk failed: " + fault.kind());
    }

    private SimContent content() {
        return disk.content(directory, spec.metainfo());
    }

    private void answer(Runnable callback) {
        try {
            spec.completions().execute(callback);
        } catch (RejectedExecutionException e) {
            // the machine was killed meanwhile: nobody waits for the answer
        }
    }

    private <T> void work(long bytes, Supplier<DiskResult<T>> work, Consumer<DiskResult<T>> done) {
        if (closed) {
            answer(() -> done.accept(new DiskResult.Failed<>(Kind.CLOSED, "closed")));
            return;
        }
        disk.work(
                bytes,
                fault -> {
                    DiskResult<T> result = fault == null ? work.get() : failed(fault);
                    answer(() -> done.accept(result));
                });
    }

    private <T> DiskResult<T> ok(T value) {
        return new DiskResult.Ok<>(value);
    }

    @Override
    public void trust(Bitfield verified) {
        // nothing follows from it here
    }

    @Override
    public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
        work(
                0,
                () -> {
                    content().make(disk.nowMillis());
                    return ok(content().stats());
                },
                done);
    }

    @Override
    public void stat(Consumer<DiskResult<List<FileStat>>> done) {
        work(0, () -> ok(content().stats()), done);
    }

    @Override
    public void write(int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
        if (closed) {
            data.release();
            answer(() -> done.accept(new DiskResult.Failed<>(Kind.CLOSED, "closed")));
            return;
        }
        int length = data.bytes().remaining();
        disk.waits(length);
        disk.work(
                length,
                fault -> {
                    DiskResult<Void> result = written(piece, begin, data.bytes(), fault);
                    data.release();
                    disk.waitsNoMore(length);
                    answer(() -> done.accept(result));
                });
    }

    private DiskResult<Void> written(
            int piece, int begin, ByteBuffer data, SimDisk.@Nullable Fault fault) {
        SimDisk.Fault trouble = fault;
        if (trouble == null && !disk.fits(content().growth(piece, begin))) {
            trouble = new SimDisk.Fault(0, 0, Kind.FULL, false);
        }
        if (trouble == null) {
            content().write(piece, begin, data, disk.nowMillis());
            lost.remove(new Block(piece, begin));
            return DONE;
        }
        if (trouble.shortWrite()) {
            content().write(piece, begin, data.slice(0, data.remaining() / 2), disk.nowMillis());
        }
        DiskResult.Failed<Void> failure = failed(trouble);
        lost.put(new Block(piece, begin), failure);
        return failure;
    }

    @Override
    public void verify(int piece, Consumer<DiskResult<Boolean>> verdict) {
        work(
                0,
                () -> {
                    for (var entry : lost.entrySet()) {
                        if (entry.getKey().piece() == piece) {
                            DiskResult.Failed<?> failure = entry.getValue();
                            return new DiskResult.Failed<>(failure.kind(), failure.message());
                        }
                    }
                    return ok(content().isGood(piece));
                },
                verdict);
    }

    @Override
    public void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests) {
        work(spec.metainfo().pieces().lengthOf(piece), () -> ok(content().digests(piece)), digests);
    }

    @Override
    public void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves) {
        work(
                spec.metainfo().pieces().fileBytesIn(piece),
                () -> ok(content().leaves(piece)),
                leaves);
    }

    @Override
    public void read(
            int piece,
            int begin,
            int length,
            boolean zeroCopy,
            Consumer<DiskResult<BlockSource>> block) {
        work(
                length,
                () -> {
                    PooledBuffer buffer = disk.buffers().take(length);
                    content().read(piece, begin, buffer.bytes().duplicate());
                    return ok(new BlockSource.Memory(buffer, length));
                },
                block);
    }

    @Override
    public Cancellation check(
            Bitfield pieces, PieceChecked progress, Consumer<DiskResult<Bitfield>> done) {
        Bitfield wanted = pieces.copy();
        boolean[] cancelled = {false};
        work(
                (long) wanted.cardinality() * spec.metainfo().pieces().pieceLength(),
                () -> {
                    Bitfield good = new Bitfield(wanted.pieceCount());
                    for (int piece = wanted.nextSet(0);
                            piece >= 0 && !cancelled[0];
                            piece = wanted.nextSet(piece + 1)) {
                        int checked = piece;
                        boolean isGood = content().isGood(piece);
                        if (isGood) {
                            good.set(piece);
                        }
                        answer(() -> progress.checked(checked, isGood));
                    }
                    return ok(good);
                },
                done);
        return () -> cancelled[0] = true;
    }

    @Override
    public void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done) {
        work(0, () -> DONE, done);
    }

    @Override
    public Cancellation move(Path target, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        work(
                content().usedBytes(),
                () -> {
                    disk.moved(directory, target, spec.metainfo());
                    directory = target;
                    return DONE;
                },
                done);
        return () -> {};
    }

    @Override
    public void settle(Path target, Consumer<DiskResult<Boolean>> moved) {
        work(0, () -> ok(false), moved);
    }

    @Override
    public void rename(
            List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done) {
        work(0, () -> DONE, done);
    }

    @Override
    public Path location(int file) {
        return directory.resolve(spec.metainfo().files().get(file).pathText());
    }

    @Override
    public void sync(Consumer<DiskResult<Void>> done) {
        work(
                0,
                () -> {
                    content().sync();
                    return DONE;
                },
                done);
    }

    @Override
    public void delete(Consumer<DiskResult<Void>> done) {
        work(
                0,
                () -> {
                    disk.delete(directory, spec.metainfo());
                    return DONE;
                },
                done);
        closed = true;
    }

    @Override
    public void close(Consumer<DiskResult<Void>> done) {
        if (closed) {
            answer(() -> done.accept(DONE));
            return;
        }
        work(0, () -> DONE, done);
        closed = true;
    }
}
