package org.bittern.disk.memory.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop's side of one torrent in memory. Owned by the torrent's loop; not thread-safe. All work
 * is done by the one thread of the store, in order. Names and places of files mean nothing here, so
 * changing them always works.
 */
final class MemoryTorrentStore implements TorrentStore {
    private static final DiskResult<Void> DONE = done();
    private static final Logger log = LoggerFactory.getLogger(MemoryTorrentStore.class);

    private final StoreSpec spec;
    private final PieceMap pieces;
    private final Content content;
    private final MemoryStores stores;
    private volatile Path directory;
    private boolean closed;

    MemoryTorrentStore(StoreSpec spec, Content content, MemoryStores stores) {
        this.spec = spec;
        this.content = content;
        this.stores = stores;
        directory = spec.directory();
        pieces = spec.metainfo().pieces();
    }

    @SuppressWarnings("NullAway") // null is the only value of Void
    private static DiskResult<Void> done() {
        return new DiskResult.Ok<>(null);
    }

    private static <T> DiskResult<T> isClosed() {
        return new DiskResult.Failed<>(Kind.CLOSED, "the store is closed");
    }

    private static <T> DiskResult<T> neverWritten(int piece) {
        return new DiskResult.Failed<>(
                Kind.MISSING, "piece %d was not written as a whole".formatted(piece));
    }

    private void onLoop(Runnable callback) {
        spec.completions().execute(callback);
    }

    /** Does work on the store's thread, then answers on the loop. */
    private <T> void work(Supplier<DiskResult<T>> work, Consumer<DiskResult<T>> done) {
        if (closed) {
            onLoop(() -> done.accept(isClosed()));
            return;
        }
        try {
            stores.worker()
                    .execute(() -> {
                        DiskResult<T> result = answer(work);
                        onLoop(() -> done.accept(result));
                    });
        } catch (RejectedExecutionException _) {
            onLoop(() -> done.accept(isClosed()));
        }
    }

    /** What work comes to; also when this bundle is at fault, or nobody would ever be answered. */
    private static <T> DiskResult<T> answer(Supplier<DiskResult<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            log.error("work in memory failed", e);
            return new DiskResult.Failed<>(Kind.IO, "fault in the memory store: " + e);
        }
    }

    private void checkRange(int piece, int begin, int length) {
        int most = pieces.requestableLength(piece);
        if (begin < 0 || length < 1 || begin > most - length) {
            throw new IndexOutOfBoundsException(
                    "bytes %d+%d of piece %d, it has %d".formatted(begin, length, piece, most));
        }
    }

    @Override
    public void trust(Bitfield verified) {
        // what was stored is still there, and judged by its bytes
    }

    @Override
    public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
        work(
                () -> {
                    content.makeEmptyFiles(stores.nowMillis());
                    return new DiskResult.Ok<>(stats());
                },
                done);
    }

    @Override
    public void stat(Consumer<DiskResult<List<FileStat>>> done) {
        work(() -> new DiskResult.Ok<>(stats()), done);
    }

    private List<FileStat> stats() {
        List<FileStat> stats = new ArrayList<>();
        for (int file = 0; file < pieces.fileCount(); file++) {
            stats.add(content.stat(file));
        }
        return stats;
    }

    @Override
    public void write(int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
        int length = data.bytes().remaining();
        checkRange(piece, begin, length);
        if (closed || !stores.worksStill()) {
            data.release();
            onLoop(() -> done.accept(isClosed()));
            return;
        }
        stores.waiting().add(length);
        work(
                () -> {
                    try {
                        return content.write(piece, begin, data.bytes(), stores.nowMillis())
                                ? DONE
                                : new DiskResult.Failed<>(
                                        Kind.FULL, "the memory for torrents is used up");
                    } finally {
                        data.release();
                        stores.waiting().remove(length);
                    }
                },
                done);
    }

    @Override
    public void verify(int piece, Consumer<DiskResult<Boolean>> verdict) {
        Objects.checkIndex(piece, pieces.pieceCount());
        work(
                () ->
                        content.canJudge(piece)
                                ? new DiskResult.Ok<>(content.isGood(piece))
                                : unknownLayer(piece),
                verdict);
    }

    private static <T> DiskResult<T> unknownLayer(int piece) {
        return new DiskResult.Failed<>(
                Kind.IO,
                "piece %d cannot be checked: its piece layer is not known".formatted(piece));
    }

    @Override
    public void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests) {
        Objects.checkIndex(piece, pieces.pieceCount());
        work(
                () ->
                        content.digests(piece)
                                .<DiskResult<List<byte[]>>>map(DiskResult.Ok::new)
                                .orElseGet(() -> neverWritten(piece)),
                digests);
    }

    @Override
    public void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves) {
        Objects.checkIndex(piece, pieces.pieceCount());
        work(
                () ->
                        content.leaves(piece)
                                .<DiskResult<byte[]>>map(DiskResult.Ok::new)
                                .orElseGet(() -> neverWritten(piece)),
                leaves);
    }

    @Override
    public void read(
            int piece,
            int begin,
            int length,
            boolean zeroCopy,
            Consumer<DiskResult<BlockSource>> block) {
        checkRange(piece, begin, length);
        work(() -> read(piece, begin, length), block);
    }

    private DiskResult<BlockSource> read(int piece, int begin, int length) {
        if (length > BufferPool.MAX_BYTES) {
            return new DiskResult.Failed<>(
                    Kind.IO,
                    "a block of %d bytes, at most %d are read"
                            .formatted(length, BufferPool.MAX_BYTES));
        }
        PooledBuffer buffer;
        try {
            buffer = stores.buffers().take(length);
        } catch (IllegalStateException _) { // the pool is used up
            return new DiskResult.Failed<>(
                    Kind.IO, "no memory is left for a block of %d bytes".formatted(length));
        }
        int base = buffer.bytes().position();
        if (!content.read(piece, begin, buffer.bytes())) {
            buffer.release();
            return neverWritten(piece);
        }
        buffer.bytes().position(base);
        return new DiskResult.Ok<>(new BlockSource.Memory(buffer, length));
    }

    @Override
    public Cancellation check(
            Bitfield wanted, PieceChecked progress, Consumer<DiskResult<Bitfield>> done) {
        Bitfield copy = wanted.copy();
        AtomicBoolean cancelled = new AtomicBoolean();
        work(
                () -> {
                    Bitfield good = new Bitfield(copy.pieceCount());
                    for (int piece = copy.nextSet(0);
                            piece >= 0 && !cancelled.get();
                            piece = copy.nextSet(piece + 1)) {
                        if (!content.canJudge(piece)) {
                            return unknownLayer(piece);
                        }
                        int checked = piece;
                        boolean isGood = content.isGood(piece);
                        if (isGood) {
                            good.set(piece);
                        }
                        onLoop(() -> progress.checked(checked, isGood));
                    }
                    return new DiskResult.Ok<>(good);
                },
                done);
        return () -> cancelled.set(true);
    }

    @Override
    public void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done) {
        if (priorities.size() != pieces.fileCount()) {
            throw new IllegalArgumentException(
                    "%d priorities for %d files".formatted(priorities.size(), pieces.fileCount()));
        }
        work(() -> DONE, done);
    }

    @Override
    public Cancellation move(Path target, MoveProgress progress, Consumer<DiskResult<Void>> done) {
        if (!target.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + target);
        }
        work(
                () -> {
                    directory = target;
                    return DONE;
                },
                done);
        return () -> {};
    }

    @Override
    public void settle(Path target, Consumer<DiskResult<Boolean>> moved) {
        work(() -> new DiskResult.Ok<>(false), moved);
    }

    @Override
    public void rename(
            List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done) {
        work(() -> DONE, done);
    }

    @Override
    public Path location(int file) {
        return directory.resolve(spec.metainfo().files().get(file).pathText());
    }

    @Override
    public void sync(Consumer<DiskResult<Void>> done) {
        work(() -> DONE, done);
    }

    @Override
    public void delete(Consumer<DiskResult<Void>> done) {
        close(_ -> {
            try {
                stores.worker()
                        .execute(() -> {
                            content.clear();
                            onLoop(() -> done.accept(DONE));
                        });
            } catch (RejectedExecutionException _) {
                onLoop(() -> done.accept(DONE)); // gone with the store
            }
        });
    }

    @Override
    public void close(Consumer<DiskResult<Void>> done) {
        if (closed) {
            onLoop(() -> done.accept(DONE));
            return;
        }
        work(() -> DONE, _ -> done.accept(DONE));
        closed = true;
    }
}
