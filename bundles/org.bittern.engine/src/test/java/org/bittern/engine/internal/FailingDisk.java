package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

/** A disk store that can be full, and slow to tell what a check has found. */
final class FailingDisk implements DiskStore {
    final AtomicBoolean full = new AtomicBoolean();
    final AtomicInteger refused = new AtomicInteger();
    volatile CompletableFuture<Void> checked = CompletableFuture.completedFuture(null);
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

        Store(TorrentStore store, StoreSpec spec) {
            this.store = store;
            this.spec = spec;
        }

        @Override
        public void trust(Bitfield verified) {
            store.trust(verified);
        }

        @Override
        public void prepare(Consumer<DiskResult<List<FileStat>>> done) {
            store.prepare(done);
        }

        @Override
        public void stat(Consumer<DiskResult<List<FileStat>>> done) {
            store.stat(done);
        }

        @Override
        public void write(
                int piece, int begin, PooledBuffer data, Consumer<DiskResult<Void>> done) {
            if (full.get()) {
                data.release();
                refused.incrementAndGet();
                spec.completions()
                        .execute(() ->
                                done.accept(
                                        new DiskResult.Failed<>(
                                                DiskResult.Kind.FULL,
                                                "no space left for the test")));
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
            store.priorities(priorities, done);
        }

        @Override
        public Cancellation move(
                Path directory, MoveProgress progress, Consumer<DiskResult<Void>> done) {
            return store.move(directory, progress, done);
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
            store.sync(done);
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
