package org.bittern.disk.memory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHasher;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentPlan.PlannedFile;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.testkit.CheckedBuffers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class MemoryStoreTest {
    private static final int BLOCK = PieceMap.BLOCK;
    private static final int PIECE = 4 * BLOCK;
    private static final int BYTES = 2 * PIECE + 100_000;
    private static final Instant NOW = Instant.ofEpochMilli(1_234_567);

    private final CheckedBuffers buffers = new CheckedBuffers(false);
    private final MemoryStores stores =
            new MemoryStores(buffers, 1 << 20, InstantSource.fixed(NOW));
    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    @AfterEach
    void releaseEverything() {
        stores.close();
        loop.close();
        assertThat(buffers.usedBytes()).isZero();
        assertThat(stores.waitingBytes()).isZero();
    }

    /** Content of two files with an empty one between, and its torrent. */
    private record Sample(Metainfo metainfo, byte[] a, byte[] c) {
        static Sample of(TorrentVersion version) throws MetainfoException {
            byte[] a = new byte[100_000];
            byte[] c = new byte[BYTES - a.length];
            SplittableRandom random = new SplittableRandom(42);
            random.nextBytes(a);
            random.nextBytes(c);
            TorrentPlan plan =
                    TorrentPlan.ofDirectory(
                            "sample",
                            List.of(
                                    new PlannedFile(List.of("a"), a.length, false),
                                    new PlannedFile(List.of("b"), 0, false),
                                    new PlannedFile(List.of("c"), c.length, false)),
                            PIECE,
                            version);
            PieceHasher hasher = new PieceHasher(plan);
            hasher.update(ByteBuffer.wrap(a));
            hasher.update(ByteBuffer.wrap(c));
            return new Sample(
                    Metainfo.parse(new TorrentBuilder(plan, hasher.finish()).build()), a, c);
        }

        byte[] bytes(int piece, int begin, int length) {
            ByteBuffer target = ByteBuffer.allocate(length);
            metainfo.pieces()
                    .forEachSpan(
                            piece,
                            begin,
                            length,
                            (file, offset, count, pad) -> {
                                if (pad) {
                                    target.position(target.position() + count);
                                } else {
                                    byte[] from = file == 0 ? a : c;
                                    target.put(from, (int) offset, count);
                                }
                            });
            return target.array();
        }
    }

    private TorrentStore open(Sample sample) {
        return open(sample, stores);
    }

    private TorrentStore open(Sample sample, MemoryStores in) {
        List<Priority> priorities =
                sample.metainfo.files().stream().map(_ -> Priority.NORMAL).toList();
        return in.open(
                new StoreSpec(
                        sample.metainfo,
                        Path.of("/nowhere"),
                        Map.of(),
                        priorities,
                        Preallocation.NONE,
                        false,
                        loop));
    }

    private <T> DiskResult<T> ask(Consumer<Consumer<DiskResult<T>>> call) throws Exception {
        CompletableFuture<DiskResult<T>> answer = new CompletableFuture<>();
        loop.execute(() -> call.accept(answer::complete));
        return answer.get(30, TimeUnit.SECONDS);
    }

    private <T> T value(Consumer<Consumer<DiskResult<T>>> call) throws Exception {
        return switch (ask(call)) {
            case DiskResult.Ok<T> ok -> ok.value();
            case DiskResult.Failed<T> failed -> throw new AssertionError(failed.toString());
        };
    }

    private DiskResult<Void> write(TorrentStore store, int piece, int begin, byte[] bytes)
            throws Exception {
        PooledBuffer buffer = buffers.take(bytes.length);
        buffer.bytes().put(bytes).flip();
        return ask(done -> store.write(piece, begin, buffer, done));
    }

    private void writePiece(TorrentStore store, Sample sample, int piece) throws Exception {
        PieceMap pieces = sample.metainfo.pieces();
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < pieces.blocksIn(piece); i++) {
            blocks.add(0, i);
        }
        for (int block : blocks) {
            byte[] bytes = sample.bytes(piece, block * BLOCK, pieces.blockLength(piece, block));
            assertThat(write(store, piece, block * BLOCK, bytes)).isInstanceOf(DiskResult.Ok.class);
        }
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void writesVerifiesChecksAndReadsBack(TorrentVersion version) throws Exception {
        Sample sample = Sample.of(version);
        TorrentStore store = open(sample);
        List<FileStat> before = value(store::prepare);
        PieceMap pieces = sample.metainfo.pieces();
        assertThat(before.getFirst().exists()).isFalse();
        for (int piece = 0; piece < pieces.pieceCount(); piece++) {
            int number = piece;
            assertThat(this.<Boolean>value(verdict -> store.verify(number, verdict))).isFalse();
            writePiece(store, sample, piece);
            assertThat(this.<Boolean>value(verdict -> store.verify(number, verdict))).isTrue();
            int length = pieces.lengthOf(piece);
            BlockSource source =
                    this.<BlockSource>value(block -> store.read(number, 0, length, true, block));
            byte[] read = new byte[length];
            ((BlockSource.Memory) source).buffer().bytes().get(read);
            source.release();
            assertThat(read).isEqualTo(sample.bytes(piece, 0, length));
        }
        Bitfield all = Bitfield.full(pieces.pieceCount());
        List<Integer> seen = new ArrayList<>();
        assertThat(
                        this.<Bitfield>value(
                                done -> store.check(all, (piece, _) -> seen.add(piece), done)))
                .isEqualTo(all);
        assertThat(seen).hasSize(pieces.pieceCount());
        FileStat first = value(store::stat).getFirst();
        assertThat(first).isEqualTo(new FileStat(true, 100_000, NOW.toEpochMilli()));
    }

    @Test
    void verdictIsFalseForAWrongBlockAndDigestsNameIt() throws Exception {
        Sample sample = Sample.of(TorrentVersion.V1);
        TorrentStore store = open(sample);
        writePiece(store, sample, 0);
        List<byte[]> good = value(digests -> store.blockDigests(0, digests));
        write(store, 0, 2 * BLOCK, new byte[BLOCK]);
        assertThat(this.<Boolean>value(verdict -> store.verify(0, verdict))).isFalse();
        List<byte[]> bad = value(digests -> store.blockDigests(0, digests));
        for (int block = 0; block < 4; block++) {
            assertThat(Arrays.equals(good.get(block), bad.get(block))).isEqualTo(block != 2);
        }
    }

    @ParameterizedTest
    @EnumSource(value = TorrentVersion.class, mode = EnumSource.Mode.EXCLUDE, names = "V1")
    void leavesAreThoseUnderTheHashOfThePiece(TorrentVersion version) throws Exception {
        Sample sample = Sample.of(version);
        TorrentStore store = open(sample);
        for (int piece = 0; piece < sample.metainfo.pieces().pieceCount(); piece++) {
            int number = piece;
            assertThat(this.<byte[]>ask(leaves -> store.blockLeaves(number, leaves)))
                    .isInstanceOf(DiskResult.Failed.class);
            writePiece(store, sample, piece);
            byte[] leaves = value(done -> store.blockLeaves(number, done));
            assertThat(MerkleTree.pieceHash(leaves, PIECE, false))
                    .isEqualTo(sample.metainfo.v2PieceHash(piece).orElseThrow());
        }
    }

    @Test
    void bytesOutliveClosingButNotDeleting() throws Exception {
        Sample sample = Sample.of(TorrentVersion.V1);
        TorrentStore first = open(sample);
        writePiece(first, sample, 1);
        assertThat(ask(first::close)).isInstanceOf(DiskResult.Ok.class);
        TorrentStore second = open(sample);
        assertThat(this.<Boolean>value(verdict -> second.verify(1, verdict))).isTrue();
        assertThat(ask(second::delete)).isInstanceOf(DiskResult.Ok.class);
        TorrentStore third = open(sample);
        assertThat(this.<Boolean>value(verdict -> third.verify(1, verdict))).isFalse();
    }

    @Test
    void refusesMoreThanItsLimitAndTakesBlocksAgainAfterDelete() throws Exception {
        try (MemoryStores small = new MemoryStores(buffers, 2L * BLOCK, InstantSource.fixed(NOW))) {
            Sample sample = Sample.of(TorrentVersion.V1);
            TorrentStore store = open(sample, small);
            write(store, 0, 0, new byte[BLOCK]);
            write(store, 0, BLOCK, new byte[BLOCK]);
            assertThat(write(store, 0, 2 * BLOCK, new byte[BLOCK]))
                    .isInstanceOfSatisfying(
                            DiskResult.Failed.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.FULL));
            assertThat(write(store, 0, 0, new byte[BLOCK])).isInstanceOf(DiskResult.Ok.class);
        }
    }

    @Test
    void answersClosedAfterCloseAndReleasesTheBlock() throws Exception {
        Sample sample = Sample.of(TorrentVersion.V1);
        TorrentStore store = open(sample);
        assertThat(ask(store::close)).isInstanceOf(DiskResult.Ok.class);
        assertThat(write(store, 0, 0, new byte[BLOCK]))
                .isInstanceOfSatisfying(
                        DiskResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(Kind.CLOSED));
    }

    @Test
    void readOfWhatWasNeverWrittenSaysMissing() throws Exception {
        TorrentStore store = open(Sample.of(TorrentVersion.V1));
        assertThat(this.<BlockSource>ask(block -> store.read(0, 0, 10, true, block)))
                .isInstanceOfSatisfying(
                        DiskResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(Kind.MISSING));
    }

    @Test
    void readIsAnsweredWhenNoBufferIsLeft() throws Exception {
        BufferPool usedUp =
                new BufferPool() {
                    @Override
                    public PooledBuffer take(int bytes) {
                        throw new IllegalStateException("as tested");
                    }

                    @Override
                    public long usedBytes() {
                        return 0;
                    }
                };
        try (MemoryStores poor = new MemoryStores(usedUp, 1 << 20, InstantSource.fixed(NOW))) {
            Sample sample = Sample.of(TorrentVersion.V1);
            TorrentStore store = open(sample, poor);
            writePiece(store, sample, 0);
            assertThat(this.<BlockSource>ask(block -> store.read(0, 0, BLOCK, true, block)))
                    .isEqualTo(
                            new DiskResult.Failed<>(
                                    Kind.IO, "no memory is left for a block of 16384 bytes"));
        }
    }

    @Test
    void blocksOfNothingButPaddingNeedNotBeWritten() throws Exception {
        Sample sample = Sample.of(TorrentVersion.HYBRID);
        TorrentStore store = open(sample);
        // 100,000 bytes of the file, then padding up to 2 pieces of 4 blocks.
        for (int block = 0; block < 2; block++) {
            write(store, 1, block * BLOCK, sample.bytes(1, block * BLOCK, BLOCK));
        }
        byte[] last = sample.bytes(1, 2 * BLOCK, BLOCK);
        Arrays.fill(last, 100_000 % BLOCK, BLOCK, (byte) 7); // for padding; it is not kept
        write(store, 1, 2 * BLOCK, last);
        assertThat(this.<Boolean>value(verdict -> store.verify(1, verdict))).isTrue();
        BlockSource padding =
                this.<BlockSource>value(block -> store.read(1, 3 * BLOCK, BLOCK, true, block));
        byte[] read = new byte[BLOCK];
        ((BlockSource.Memory) padding).buffer().bytes().get(read);
        padding.release();
        assertThat(read).isEqualTo(new byte[BLOCK]);
    }
}
