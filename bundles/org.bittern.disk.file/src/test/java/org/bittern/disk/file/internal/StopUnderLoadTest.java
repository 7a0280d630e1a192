package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bundle is stopped in the middle of everything, as when it is replaced. */
@Timeout(60)
class StopUnderLoadTest {
    private static final int PIECE = 4 * Rig.BLOCK;

    @TempDir Path directory;

    @RepeatedTest(12)
    void everyCallIsAnsweredOnceNothingIsKeptAndGoodPiecesAreThere(RepetitionInfo repetition)
            throws Exception {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        Sample sample =
                Sample.ofDirectory(
                        List.of(500_000, 3, 0, 700_001, 90_000),
                        PIECE,
                        random.nextBoolean() ? TorrentVersion.V1 : TorrentVersion.HYBRID,
                        seed);
        List<CompletableFuture<?>> answers = new ArrayList<>();
        List<CompletableFuture<DiskResult<Boolean>>> verdicts = new ArrayList<>();
        Path here = Files.createDirectory(directory.resolve("d"));
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, here);
            answers.add(rig.start(store::prepare));
            int stopAt = random.nextInt(sample.pieceCount());
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                int number = piece;
                for (int block = 0; block < sample.metainfo().pieces().blocksIn(piece); block++) {
                    rig.write(store, sample, piece, block);
                }
                verdicts.add(rig.start(done -> store.verify(number, done)));
                answers.add(read(rig, store, sample, piece, random.nextBoolean()));
                if (piece == stopAt) {
                    // From another thread, as a framework does.
                    Thread stopper = Thread.ofPlatform().start(rig.stores::close);
                    answers.add(rig.start(store::sync));
                    Bitfield all = Bitfield.full(sample.pieceCount());
                    answers.add(rig.<Bitfield>start(done -> store.check(all, (_, _) -> {}, done)));
                    if (random.nextBoolean()) {
                        stopper.join();
                    }
                }
            }
            answers.addAll(verdicts);
            CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .get(20, TimeUnit.SECONDS);
        }
        Bitfield there = pieces(sample, here);
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            if (verdicts.get(piece).join().equals(new DiskResult.Ok<>(true))) {
                assertThat(there.get(piece)).as("piece %d, seed %d", piece, seed).isTrue();
            }
        }
    }

    private static Bitfield pieces(Sample sample, Path directory) {
        try (Rig rig = Rig.local()) {
            return rig.check(rig.open(sample, directory), sample);
        }
    }

    private static CompletableFuture<DiskResult<BlockSource>> read(
            Rig rig, TorrentStore store, Sample sample, int piece, boolean zeroCopy) {
        int length = Math.min(1000, sample.metainfo().pieces().lengthOf(piece));
        return rig.start(
                done -> store.read(piece, 0, length, zeroCopy, result -> release(result, done)));
    }

    private static void release(
            DiskResult<BlockSource> result, Consumer<DiskResult<BlockSource>> done) {
        if (result instanceof DiskResult.Ok<BlockSource> ok) {
            ok.value().release();
        }
        done.accept(result);
    }
}
