package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fails each operation of a small transfer in turn. */
@Timeout(120)
class DiskFaultTest {
    private static final int PIECE = 2 * Rig.BLOCK;
    private static final List<Integer> LENGTHS = List.of(40_000, 0, 1, 2 * PIECE + 77);

    @TempDir Path directory;

    /** What one transfer came to: every claim it made was true. */
    private record Outcome(boolean complete, List<String> failures) {}

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Input/output error"})
    void failureOfAnyOperationGivesACleanErrorAndASecondTryWorks(String message) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 21);
        int operations = countOperations(sample);
        assertThat(operations).isGreaterThan(30);
        for (int k = 0; k < operations; k++) {
            Path here = Files.createDirectory(directory.resolve("k" + k));
            FaultyVolume volume = new FaultyVolume();
            try (Rig rig = new Rig(volume)) {
                volume.failOperation(k, message);
                TorrentStore store = rig.open(sample, here, List.of(), Preallocation.SPARSE);
                Outcome first = transfer(rig, store, sample);
                Kind kind = message.startsWith("No space") ? Kind.FULL : Kind.IO;
                assertThat(first.failures)
                        .as("operation %d of %d", k, operations)
                        .allSatisfy(failure -> assertThat(failure).startsWith(kind.name()));
                Outcome second = transfer(rig, store, sample);
                assertThat(second.failures).as("after operation %d", k).isEmpty();
                assertThat(second.complete).as("after operation %d", k).isTrue();
                rig.done(store::close);
                assertThat(sample.differences(here)).as("operation %d", k).isEmpty();
            }
        }
    }

    private int countOperations(Sample sample) throws Exception {
        Path here = Files.createDirectory(directory.resolve("count"));
        FaultyVolume volume = new FaultyVolume();
        try (Rig rig = new Rig(volume)) {
            volume.failOperation(-1, "");
            TorrentStore store = rig.open(sample, here, List.of(), Preallocation.SPARSE);
            assertThat(transfer(rig, store, sample).complete).isTrue();
            return volume.operations();
        }
    }

    /** Prepares, writes, verifies, reads, syncs and checks everything once. */
    private static Outcome transfer(Rig rig, TorrentStore store, Sample sample) {
        List<String> failures = new ArrayList<>();
        note(rig.ask(store::prepare), failures);
        boolean complete = true;
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            int number = piece;
            boolean good = writeAndVerify(rig, store, sample, piece, failures);
            complete &= good;
            if (good) {
                int length = sample.metainfo().pieces().lengthOf(piece);
                DiskResult<BlockSource> read =
                        rig.ask(block -> store.read(number, 0, length, true, block));
                note(read, failures);
                if (read instanceof DiskResult.Ok<BlockSource> ok) {
                    // A claimed piece is there.
                    assertThat(Sources.bytes(ok.value())).isEqualTo(sample.bytes(piece, 0, length));
                    ok.value().release();
                }
            }
        }
        note(rig.ask(store::sync), failures);
        Bitfield all = Bitfield.full(sample.pieceCount());
        DiskResult<Bitfield> checked = rig.ask(done -> store.check(all, (_, _) -> {}, done));
        note(checked, failures);
        return new Outcome(complete, failures);
    }

    private static boolean writeAndVerify(
            Rig rig, TorrentStore store, Sample sample, int piece, List<String> failures) {
        List<CompletableFuture<DiskResult<Void>>> writes = new ArrayList<>();
        for (int block = 0; block < sample.metainfo().pieces().blocksIn(piece); block++) {
            writes.add(rig.writing(store, sample, piece, block));
        }
        DiskResult<Boolean> verdict = rig.ask(done -> store.verify(piece, done));
        note(verdict, failures);
        boolean written = true;
        for (CompletableFuture<DiskResult<Void>> write : writes) {
            DiskResult<Void> result = Rig.await(write);
            note(result, failures);
            written &= result instanceof DiskResult.Ok;
        }
        boolean good = verdict.equals(new DiskResult.Ok<>(true));
        assertThat(good && !written).as("good verdict on a piece that was not written").isFalse();
        return good;
    }

    private static void note(DiskResult<?> result, List<String> failures) {
        if (result instanceof DiskResult.Failed<?> failed) {
            failures.add(failed.kind() + ": " + failed.message());
        }
    }

    @Test
    void fullDiskFailsTheBlocksThatDidNotFitAndThePieceCanBeWrittenLater() {
        Sample sample = Sample.ofFile(8 * PIECE, PIECE, TorrentVersion.V1, 22);
        FaultyVolume volume = new FaultyVolume();
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            volume.room(3 * PIECE + Rig.BLOCK + 5);
            List<String> failures = new ArrayList<>();
            int good = 0;
            for (int piece = 0; piece < 8; piece++) {
                good += writeAndVerify(rig, store, sample, piece, failures) ? 1 : 0;
            }
            assertThat(good).isEqualTo(3);
            assertThat(failures).allSatisfy(failure -> assertThat(failure).startsWith("FULL"));
            assertThat(rig.check(store, sample).cardinality()).isEqualTo(3);
            volume.room(Long.MAX_VALUE);
            for (int piece = 3; piece < 8; piece++) {
                assertThat(rig.writePiece(store, sample, piece, new SplittableRandom(1)))
                        .isEqualTo(new DiskResult.Ok<>(true));
            }
            assertThat(sample.differences(directory)).isEmpty();
        }
    }

    /**
     * The first file is wanted, and shares its last piece with the second, whose bytes of it are in
     * the part file. Then the second is wanted as well, and an operation fails, or is the last one
     * of this process.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failureWhileAFileBecomesWantedLosesNothingOfThePartFile(boolean killed) throws Exception {
        // Named in the order of the torrent: d/f01, f00.
        List<Integer> lengths = List.of(2 * PIECE - 100, 2 * PIECE + 100);
        Sample sample = Sample.ofDirectory(lengths, PIECE, TorrentVersion.V1, 27);
        List<Priority> first = List.of(Priority.NORMAL, Priority.SKIP);
        List<Priority> both = List.of(Priority.NORMAL, Priority.NORMAL);
        int shared = 2;
        boolean hit = true;
        for (int k = 0; hit; k++) {
            Path here = Files.createDirectory(directory.resolve("k" + k));
            FaultyVolume volume = new FaultyVolume();
            try (Rig rig = new Rig(volume)) {
                TorrentStore store = rig.open(sample, here, first, Preallocation.NONE);
                rig.value(store::prepare);
                for (int piece = 0; piece <= shared; piece++) {
                    rig.writePiece(store, sample, piece, new SplittableRandom(1));
                }
                rig.done(store::sync);
                if (killed) {
                    volume.dieAtOperation(k);
                } else {
                    volume.failOperation(k, "No space left on device");
                }
                DiskResult<Void> result = rig.ask(done -> store.priorities(both, done));
                hit = volume.operations() > k;
                if (!killed) {
                    volume.failOperation(-1, "");
                }
                assertThat(hit || result instanceof DiskResult.Ok).as("failed at %d", k).isTrue();
                if (!killed) { // what comes now, and is noted, is not lost either
                    rig.writePiece(store, sample, 3, new SplittableRandom(1));
                }
            }
            try (Rig rig = Rig.local()) {
                TorrentStore store = rig.open(sample, here, both, Preallocation.NONE);
                rig.value(store::prepare);
                Bitfield there = rig.check(store, sample);
                assertThat(there.cardinality()).as("failed at %d", k).isEqualTo(killed ? 3 : 4);
                rig.done(store::delete);
            }
            assertThat(here).as("failed at %d", k).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1, 16_385})
    void shortReadsAndWritesLoseNothing(int bytes) {
        int length = bytes == 1 ? 3 : 3 * PIECE + 11;
        Sample sample = Sample.ofFile(length, PIECE, TorrentVersion.HYBRID, 23);
        FaultyVolume volume = new FaultyVolume();
        volume.shortCalls(bytes);
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                assertThat(rig.writePiece(store, sample, piece, new SplittableRandom(2)))
                        .isEqualTo(new DiskResult.Ok<>(true));
            }
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            assertThat(sample.differences(directory)).isEmpty();
        }
    }

    @Test
    void fileThatWasTakenAwaySaysMissingAndIsNotMadeAgain() throws Exception {
        Sample sample = Sample.ofFile(2 * PIECE, PIECE, TorrentVersion.V1, 24);
        try (Rig rig = new Rig(new LocalVolume(), new FileStores.Limits(2, 1))) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, new SplittableRandom(3));
            // Only one file stays open: another torrent's pushes this one out.
            Sample other = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 25);
            TorrentStore pusher = rig.open(other, directory.resolve("other"));
            rig.value(pusher::prepare);
            rig.writePiece(pusher, other, 0, new SplittableRandom(3));
            Files.delete(directory.resolve("sample.bin"));
            DiskResult<Boolean> result = rig.writePiece(store, sample, 1, new SplittableRandom(4));
            assertThat(result)
                    .isInstanceOfSatisfying(
                            DiskResult.Failed.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.MISSING));
            assertThat(directory.resolve("sample.bin")).doesNotExist();
        }
    }

    @Test
    void linkInPlaceOfADirectoryOrFileIsRefused() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 26);
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path inside = Files.createDirectory(directory.resolve("inside"));
        Files.createDirectory(inside.resolve("sample"));
        Files.createSymbolicLink(inside.resolve("sample/d"), outside);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, inside);
            assertThat(rig.<List<TorrentStore.FileStat>>ask(store::prepare))
                    .isInstanceOfSatisfying(
                            DiskResult.Failed.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.DENIED));
            rig.writePiece(store, sample, 0, new SplittableRandom(5));
            rig.done(store::delete);
        }
        assertThat(outside).isEmptyDirectory();
        assertThat(inside.resolve("sample/d")).isSymbolicLink();
    }
}
