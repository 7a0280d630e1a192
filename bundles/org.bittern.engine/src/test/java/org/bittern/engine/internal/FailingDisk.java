package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Subscription;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** A disk store that fails on demand, and is slow to tell what it has done. */
final class FailingDisk implements DiskStore {
    final AtomicBoolean full = new AtomicBoolean();
    final AtomicInteger refused = new AtomicInteger();
    volatile CompletableFuture<Void> checked = CompletableFuture.completedFuture(null);
    volatile CompletableFuture<Void> looked = CompletableFuture.completedFuture(null);
    volatile CompletableFuture<Void> synced = CompletableFuture.completedFuture(null);

    /** Syncs that were begun, and did not fail here. */
    final AtomicInteger syncs = new AtomicInteger();

    /** How often somebody asked what files there are. */
    final AtomicInteger looks = new AtomicInteger();

    /** How syncing ends for the next time. */
    final AtomicReference<DiskResult.@Nullable Kind> syncFails = new AtomicReference<>();

    /** Where no files can be made; null: everywhere they can. */
    volatile @Nullable Path fullPlace;

    /** Whether the next choice of files fails. */
    final AtomicBoolean choiceFails = new AtomicBoolean();

    private final DiskStore real;

    FailingDisk(DiskStore real) {
        this.real = real;
    }

    @Override
    public TorrentStore open(StoreSpec spec) {
        return new Store(real.open(spec), spec);
    }

    @Override
    public long waitingBytes() {
        return real.waitingBytes();
    }

    @Override
    public void waitingLimit(long bytes) {
        real.waitingLimit(bytes);
    }

    @Override
    public boolean congested() {
        return real.congested();
    }

    @Override
    public Subscription onRelief(Runnable relieved) {
        return real.onRelief(relieved);
    }

    private final class Store implements TorrentStore {
        private final TorrentStore store;
        private final StoreSpec spec;

        /** Looks are answered in their order. */
        private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

        Store(TorrentStore store, StoreSpec spec) {
            this.store = store;
            this.spec = spec;
        }

        private <T> void fail(DiskResult.Kind kind, Consumer<DiskResult<T>> done) {
            String message = kind == DiskResult.Kind.FULL ? "no space left" : "bad sector";
            spec.completions()
                    .execute(() ->
                            done.accept(new DiskResult.Failed<>(kind, message + ", in a test")));
        }

        @Override
        public void trust(Bitfield verified) {
            store.trust(verified);
        }

        @Override
        public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
            if (spec.directory().equals(fullPlace)) {
                fail(DiskResult.Kind.FULL, done);
            } else {
                store.prepare(done);
            }
        }

        @Override
        public void stat(Consumer<DiskResult<List<FileStat>>> done) {
            looks.incrementAndGet();
            store.stat(result -> {
                told =
                        told.thenCompose(_ -> looked)
                                .thenRunAsync(() -> done.accept(result), spec.completions());
            });
        }

        @Override
        public void write(
                int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
            if (full.get()) {
                data.release();
                refused.incrementAndGet();
                fail(DiskResult.Kind.FULL, done);
            } else {
                store.write(piece, begin, data, done);
            }
        }

        @Override
        public void verify(int piece, Consumer<DiskResult<Boolean>> verdict) {
            store.verify(piece, verdict);
        }

        @Override
        public void blockDigests(int piece, Consumer<DiskResult<List<byte[]>>> digests) {
            store.blockDigests(piece, digests);
        }

        @Override
        public void blockLeaves(int piece, Consumer<DiskResult<byte[]>> leaves) {
            store.blockLeaves(piece, leaves);
        }

        @Override
        public void read(
                int piece,
                int begin,
                int length,
                boolean zeroCopy,
                Consumer<DiskResult<BlockSource>> block) {
            store.read(piece, begin, length, zeroCopy, block);
        }

        @Override
        public Cancellation check(
                Bitfield pieces, PieceChecked progress, Consumer<DiskResult<Bitfield>> done) {
            return store.check(
                    pieces,
                    progress,
                    result -> {
                        var _ = checked.thenRunAsync(() -> done.accept(result), spec.completions());
                    });
        }

        @Override
        public void priorities(List<Priority> priorities, Consumer<DiskResult<Void>> done) {
            if (choiceFails.getAndSet(false)) {
                fail(DiskResult.Kind.FULL, done);
            } else {
                store.priorities(priorities, done);
            }
        }

        @Override
        public Cancellation move(
                Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
            return store.move(directory, progress, done);
        }

        @Override
        public Cancellation moveInto(
                Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
            return store.moveInto(directory, progress, done);
        }

        @Override
        public void settle(Path directory, Consumer<DiskResult<Boolean>> moved) {
            store.settle(directory, moved);
        }

        @Override
        public void rename(
                List<String> path, String name, boolean again, Consumer<DiskResult<Void>> done) {
            store.rename(path, name, again, done);
        }

        @Override
        public Path location(int file) {
            return store.location(file);
        }

        @Override
        public void sync(Consumer<DiskResult<Void>> done) {
            DiskResult.Kind failure = syncFails.getAndSet(null);
            if (failure != null) {
                fail(failure, done);
                return;
            }
            syncs.incrementAndGet();
            store.sync(result -> {
                var _ = synced.thenRunAsync(() -> done.accept(result), spec.completions());
            });
        }

        @Override
        public void delete(Consumer<DiskResult<Void>> done) {
            store.delete(done);
        }

        @Override
        public void close(Consumer<DiskResult<Void>> done) {
            store.close(done);
        }
    }
}
