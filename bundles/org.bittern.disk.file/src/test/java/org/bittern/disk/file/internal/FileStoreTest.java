package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.bittern.spi.net.PooledBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FileStoreTest {
    private static final int PIECE = 4 * Rig.BLOCK;
    private static final List<Integer> LENGTHS =
            List.of(100_000, 0, 1, 3 * PIECE, 70_001, PIECE, 16_384, 5);

    @TempDir Path directory;

    private final Rig rig = Rig.local();

    @AfterEach
    void releaseEverything() {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void writesAndVerifiesEveryPieceInAnyOrderOfBlocks(TorrentVersion version) {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, version, 1);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        SplittableRandom random = new SplittableRandom(2);
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            assertThat(rig.writePiece(store, sample, piece, random))
                    .isEqualTo(new DiskResult.Ok<>(true));
        }
        rig.done(store::close);
        assertThat(sample.differences(directory)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void checkFindsGoodPiecesAndOnlyThose(TorrentVersion version) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, version, 3);
        sample.writeTo(directory);
        int longest = sample.longestFile();
        Path file = sample.path(directory, longest);
        byte[] bytes = Files.readAllBytes(file);
        bytes[PIECE + 7] ^= 1;
        Files.write(file, bytes);
        TorrentStore store = rig.open(sample, directory);
        Bitfield expected = Bitfield.full(sample.pieceCount());
        expected.clear(sample.metainfo().pieces().pieceAt(longest, PIECE + 7));
        assertThat(rig.check(store, sample)).isEqualTo(expected);
    }

    @Test
    void checkTakesMissingAndShortFilesForBadPieces() throws Exception {
        Sample sample = Sample.ofFile(5 * PIECE + 3, PIECE, TorrentVersion.V1, 4);
        TorrentStore store = rig.open(sample, directory);
        assertThat(rig.check(store, sample).isEmpty()).isTrue();
        sample.writeTo(directory);
        Path file = sample.path(directory, 0);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2 * PIECE + 1));
        assertThat(rig.check(store, sample).cardinality()).isEqualTo(2);
    }

    @Test
    void checksWhatItsNamesLeadToAndNotWhatIsStillOpen() throws Exception {
        Sample sample = Sample.ofDirectory(List.of(PIECE, PIECE), PIECE, TorrentVersion.V1, 21);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        for (int piece = 0; piece < 2; piece++) {
            rig.writePiece(store, sample, piece, new SplittableRandom(0));
        }
        assertThat(rig.check(store, sample).isComplete()).isTrue();
        Files.delete(sample.path(directory, 0));
        Path other = Files.write(directory.resolve("other"), new byte[PIECE]);
        Files.move(other, sample.path(directory, 1), StandardCopyOption.REPLACE_EXISTING);
        assertThat(rig.check(store, sample).isEmpty()).isTrue();
        rig.value(store::prepare);
        for (int piece = 0; piece < 2; piece++) {
            rig.writePiece(store, sample, piece, new SplittableRandom(0));
        }
        assertThat(sample.differences(directory)).isEmpty();
    }

    @Test
    void cancelledCheckAnswersWithWhatItFound() throws Exception {
        Sample sample = Sample.ofFile(40 * PIECE, PIECE, TorrentVersion.V1, 5);
        sample.writeTo(directory);
        TorrentStore store = rig.open(sample, directory);
        Bitfield all = Bitfield.full(sample.pieceCount());
        DiskResult<Bitfield> result =
                rig.ask(done -> store.check(all, (_, _) -> {}, done).cancel());
        assertThat(result).isInstanceOf(DiskResult.Ok.class);
    }

    @Test
    void verdictIsFalseForWrongBytesAndThePieceCanBeWrittenAgain() {
        Sample sample = Sample.ofFile(2 * PIECE, PIECE, TorrentVersion.V1, 6);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        PooledBuffer wrong = rig.buffer(new byte[Rig.BLOCK]);
        CompletableFuture<DiskResult<Void>> first =
                rig.start(done -> store.write(0, 0, wrong, done));
        for (int block = 1; block < 4; block++) {
            rig.write(store, sample, 0, block);
        }
        assertThat(rig.<Boolean>ask(verdict -> store.verify(0, verdict)))
                .isEqualTo(new DiskResult.Ok<>(false));
        assertThat(first).isCompleted();
        assertThat(rig.writePiece(store, sample, 0, new SplittableRandom(7)))
                .isEqualTo(new DiskResult.Ok<>(true));
    }

    @Test
    void verdictCountsBlocksOfAnEarlierRun() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 8);
        TorrentStore first = rig.open(sample, directory);
        rig.value(first::prepare);
        rig.write(first, sample, 0, 0);
        rig.write(first, sample, 0, 2);
        rig.done(first::close);
        TorrentStore second = rig.open(sample, directory);
        rig.value(second::prepare);
        rig.write(second, sample, 0, 3);
        rig.write(second, sample, 0, 1);
        assertThat(rig.<Boolean>ask(verdict -> second.verify(0, verdict)))
                .isEqualTo(new DiskResult.Ok<>(true));
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void readsBackWhatWasWrittenWithAndWithoutCopy(TorrentVersion version) {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, version, 9);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            rig.writePiece(store, sample, piece, new SplittableRandom(piece));
        }
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            int length = sample.metainfo().pieces().lengthOf(piece);
            for (boolean zeroCopy : new boolean[] {true, false}) {
                assertThat(rig.read(store, piece, 0, length, zeroCopy))
                        .isEqualTo(sample.bytes(piece, 0, length));
            }
        }
    }

    @Test
    void readsColdFilesOfAnEarlierRun() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 10);
        sample.writeTo(directory);
        TorrentStore store = rig.open(sample, directory);
        for (int piece = sample.pieceCount() - 1; piece >= 0; piece--) {
            int length = sample.metainfo().pieces().lengthOf(piece);
            assertThat(rig.read(store, piece, 0, length, true))
                    .isEqualTo(sample.bytes(piece, 0, length));
        }
    }

    @Test
    void readSeesABlockThatStillWaits() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 11);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        rig.write(store, sample, 0, 1);
        assertThat(rig.read(store, 0, Rig.BLOCK, Rig.BLOCK, true))
                .isEqualTo(sample.bytes(0, Rig.BLOCK, Rig.BLOCK));
    }

    @Test
    void readOfAMissingFileSaysMissing() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 12);
        TorrentStore store = rig.open(sample, directory);
        assertThat(rig.<BlockSource>ask(block -> store.read(0, 0, 100, true, block)))
                .isInstanceOfSatisfying(
                        DiskResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(DiskResult.Kind.MISSING));
    }

    @Test
    void writesALonelyBlockWithinAMoment() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 13);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        DiskResult<Void> result = Rig.await(rig.writing(store, sample, 0, 2));
        assertThat(result).isInstanceOf(DiskResult.Ok.class);
        assertThat(directory.resolve("sample.bin")).hasSize(3L * Rig.BLOCK);
    }

    @Test
    void blockDigestsNameTheBadBlock() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 14);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        rig.writePiece(store, sample, 0, new SplittableRandom(0));
        List<byte[]> good = rig.value(digests -> store.blockDigests(0, digests));
        PooledBuffer wrong = rig.buffer(new byte[Rig.BLOCK]);
        rig.done(done -> store.write(0, 2 * Rig.BLOCK, wrong, done));
        List<byte[]> bad = rig.value(digests -> store.blockDigests(0, digests));
        assertThat(good).hasSize(4);
        for (int block = 0; block < 4; block++) {
            assertThat(Arrays.equals(good.get(block), bad.get(block))).isEqualTo(block != 2);
        }
    }

    @ParameterizedTest
    @EnumSource(value = TorrentVersion.class, mode = EnumSource.Mode.EXCLUDE, names = "V1")
    void blockLeavesAreThoseUnderTheHashOfThePiece(TorrentVersion version) {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, version, 20);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        PieceMap pieces = sample.metainfo().pieces();
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            int number = piece;
            rig.writePiece(store, sample, piece, new SplittableRandom(piece));
            byte[] leaves = rig.value(done -> store.blockLeaves(number, done));
            boolean only = pieces.fileLength(pieces.fileAt(piece)) <= PIECE;
            assertThat(MerkleTree.pieceHash(leaves, PIECE, only))
                    .isEqualTo(sample.metainfo().v2PieceHash(piece).orElseThrow());
        }
        PooledBuffer wrong = rig.buffer(new byte[Rig.BLOCK]);
        int full = pieces.firstPiece(sample.longestFile());
        byte[] good = rig.value(done -> store.blockLeaves(full, done));
        rig.done(done -> store.write(full, 2 * Rig.BLOCK, wrong, done));
        byte[] bad = rig.value(done -> store.blockLeaves(full, done));
        assertThat(Arrays.mismatch(good, bad)).isBetween(2 * MerkleTree.HASH, 3 * MerkleTree.HASH);
        assertThat(Arrays.copyOfRange(bad, 3 * MerkleTree.HASH, bad.length))
                .isEqualTo(Arrays.copyOfRange(good, 3 * MerkleTree.HASH, good.length));
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void preparedFileNeverHasItsFullLength(Preallocation preallocation) {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 15);
        TorrentStore store = rig.open(sample, directory, List.of(), preallocation);
        List<FileStat> before = rig.value(store::stat);
        List<FileStat> after = rig.value(store::prepare);
        for (int file = 0; file < LENGTHS.size(); file++) {
            Path path = sample.path(directory, file);
            long length = sample.files().get(file).length;
            assertThat(before.get(file).exists()).isFalse();
            assertThat(after.get(file).exists()).isEqualTo(Files.exists(path));
            if (length == 0) {
                assertThat(path).isEmptyFile();
            } else if (preallocation == Preallocation.NONE || length == 1) {
                assertThat(path).doesNotExist();
            } else {
                assertThat(path).hasSize(length - 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void aFileThatIsOnlyTooLongIsGoodAndIsCutWhenItIsWritten(Preallocation preallocation)
            throws Exception {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 16);
        sample.writeTo(directory);
        Path file = sample.path(directory, 0);
        Files.write(file, new byte[9], StandardOpenOption.APPEND);
        TorrentStore store = rig.open(sample, directory, List.of(), preallocation);
        assertThat(rig.check(store, sample).isComplete()).isTrue();
        rig.value(store::prepare);
        assertThat(file).hasSize(PIECE + 9);
        rig.writePiece(store, sample, 0, new SplittableRandom(0));
        assertThat(sample.differences(directory)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void completeFilesNeedNotBeWritable(Preallocation preallocation) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 22);
        Path from = directory.resolve("from");
        sample.writeTo(from);
        FaultyVolume volume = new FaultyVolume();
        try (Rig few = new Rig(volume)) {
            TorrentStore store = few.open(sample, from, List.of(), preallocation);
            volume.readOnly();
            assertThat(few.check(store, sample).isComplete()).isTrue();
            few.value(store::prepare);
            assertThat(few.read(store, 1, 0, PIECE, true)).isEqualTo(sample.bytes(1, 0, PIECE));
            few.done(store::sync);
        }
    }

    @Test
    void completeFilesThatWereMovedAreSyncedWithoutBeingWritable() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 23);
        Path from = directory.resolve("from");
        sample.writeTo(from);
        FaultyVolume volume = new FaultyVolume();
        try (Rig few = new Rig(volume)) {
            TorrentStore store = few.open(sample, from);
            few.value(store::prepare);
            few.done(done -> store.move(directory.resolve("to"), (_, _) -> {}, done));
            volume.readOnly();
            few.done(store::sync);
        }
    }

    @Test
    void answersClosedAfterCloseAndReleasesTheBlock() {
        Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 17);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        rig.done(store::close);
        rig.done(store::close);
        assertThat(Rig.await(rig.writing(store, sample, 0, 0)))
                .isInstanceOfSatisfying(
                        DiskResult.Failed.class,
                        failed -> assertThat(failed.kind()).isEqualTo(DiskResult.Kind.CLOSED));
    }

    @Test
    void closeWritesWhatWaits() {
        Sample sample = Sample.ofFile(3 * PIECE, PIECE, TorrentVersion.V1, 18);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        for (int piece = 0; piece < 3; piece++) {
            for (int block = 0; block < 4; block++) {
                rig.write(store, sample, piece, block);
            }
        }
        rig.done(store::close);
        TorrentStore again = rig.open(sample, directory);
        assertThat(rig.check(again, sample).isComplete()).isTrue();
        rig.value(again::prepare);
        assertThat(sample.differences(directory)).isEmpty();
    }

    @Test
    void keepsFewFilesOpen() throws Exception {
        List<Integer> lengths = Collections.nCopies(60, 1000);
        Sample sample = Sample.ofDirectory(lengths, Rig.BLOCK, TorrentVersion.V1, 19);
        TorrentStore store = rig.open(sample, directory);
        rig.value(store::prepare);
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            rig.writePiece(store, sample, piece, new SplittableRandom(0));
        }
        assertThat(rig.stores.openFileCount()).isBetween(1, 16);
        assertThat(sample.differences(directory)).isEmpty();
    }
}
