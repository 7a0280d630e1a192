package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.testkit.CheckedBuffers;

/** A store with a loop of its own; calls wait for the answer. One test thread. */
final class Rig implements AutoCloseable {
    static final int BLOCK = PieceMap.BLOCK;

    final CheckedBuffers buffers;
    final FileStores stores;

    /** Whether unfinished files of torrents that are opened from now on have names of their own. */
    volatile boolean partNames;

    private final List<CompletableFuture<?>> writes = new ArrayList<>();
    private final ExecutorService loop =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("test-loop").daemon().factory());

    Rig(Volume volume) {
        this(volume, new FileStores.Limits(2, 16));
    }

    Rig(Volume volume, FileStores.Limits limits) {
        this(volume, limits, System::nanoTime);
    }

    Rig(Volume volume, FileStores.Limits limits, LongSupplier nanos) {
        buffers = new CheckedBuffers(true);
        stores = new FileStores(volume, buffers, limits, nanos);
    }

    static Rig local() {
        return new Rig(new LocalVolume());
    }

    TorrentStore open(Sample sample, Path directory) {
        return open(sample, directory, List.of(), Preallocation.NONE);
    }

    TorrentStore open(
            Sample sample, Path directory, List<Priority> priorities, Preallocation preallocation) {
        return open(sample, directory, Map.of(), priorities, preallocation);
    }

    /** A torrent of which the user renamed files; see {@link StoreSpec#renamed}. */
    TorrentStore open(Sample sample, Path directory, Map<Integer, List<String>> renamed) {
        return open(sample, directory, renamed, List.of(), Preallocation.NONE);
    }

    private TorrentStore open(
            Sample sample,
            Path directory,
            Map<Integer, List<String>> renamed,
            List<Priority> priorities,
            Preallocation preallocation) {
        List<Priority> all =
                priorities.isEmpty()
                        ? sample.metainfo().files().stream().map(_ -> Priority.NORMAL).toList()
                        : priorities;
        return stores.open(
                new StoreSpec(
                        sample.metainfo(),
                        directory,
                        renamed,
                        all,
                        preallocation,
                        partNames,
                        loop));
    }

    /** Runs a call on the loop and waits for its answer. */
    <T> DiskResult<T> ask(Consumer<Consumer<DiskResult<T>>> call) {
        return await(start(call));
    }

    /** Runs a call on the loop. */
    <T> CompletableFuture<DiskResult<T>> start(Consumer<Consumer<DiskResult<T>>> call) {
        CompletableFuture<DiskResult<T>> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                call.accept(result -> {
                    if (!answer.complete(result)) {
                        throw new IllegalStateException("answered twice");
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of an answer that must be good. */
    <T> T value(Consumer<Consumer<DiskResult<T>>> call) {
        return switch (ask(call)) {
            case DiskResult.Ok<T> ok -> ok.value();
            case DiskResult.Failed<T> failed -> throw new AssertionError(failed.toString());
        };
    }

    /** A void answer that must be good. */
    void done(Consumer<Consumer<DiskResult<Void>>> call) {
        if (ask(call) instanceof DiskResult.Failed<Void> failed) {
            throw new AssertionError(failed.toString());
        }
    }

    PooledBuffer buffer(byte[] bytes) {
        PooledBuffer buffer = buffers.take(bytes.length);
        buffer.bytes().put(bytes).flip();
        return buffer;
    }

    /** Gives a block to a store; whether it answers is looked at by {@link #unanswered}. */
    void write(TorrentStore store, Sample sample, int piece, int block) {
        writes.add(writing(store, sample, piece, block));
    }

    /** Blocks given by {@link #write} without an answer. */
    long unanswered() {
        return writes.stream().filter(write -> !write.isDone()).count();
    }

    CompletableFuture<DiskResult<Void>> writing(
            TorrentStore store, Sample sample, int piece, int block) {
        int length = sample.metainfo().pieces().blockLength(piece, block);
        PooledBuffer data = buffer(sample.bytes(piece, block * BLOCK, length));
        return start(done -> store.write(piece, block * BLOCK, data, done));
    }

    /** Writes all blocks of a piece in this order and asks for a verdict. */
    DiskResult<Boolean> writePiece(
            TorrentStore store, Sample sample, int piece, RandomGenerator order) {
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < sample.metainfo().pieces().blocksIn(piece); i++) {
            blocks.add(order.nextInt(i + 1), i);
        }
        blocks.forEach(block -> write(store, sample, piece, block));
        return ask(verdict -> store.verify(piece, verdict));
    }

    byte[] read(TorrentStore store, int piece, int begin, int length, boolean zeroCopy) {
        BlockSource source =
                this.<BlockSource>value(block -> store.read(piece, begin, length, zeroCopy, block));
        try {
            return Sources.bytes(source);
        } finally {
            source.release();
        }
    }

    Bitfield check(TorrentStore store, Sample sample) {
        Bitfield all = Bitfield.full(sample.pieceCount());
        return this.<Bitfield>value(done -> store.check(all, (_, _) -> {}, done));
    }

    /** Closes everything; fails when something was kept. */
    @Override
    public void close() {
        stores.close();
        loop.close();
        assertThat(unanswered()).as("blocks without an answer").isZero();
        assertThat(buffers.usedBytes()).as("bytes of buffers that were kept").isZero();
        assertThat(stores.waitingBytes()).as("bytes that wait").isZero();
        assertThat(stores.openFileCount()).as("files left open").isZero();
    }
}
