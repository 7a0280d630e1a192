package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where files are: skipped, moved, renamed, deleted. */
@Timeout(60)
class FilePlacesTest {
    private static final int PIECE = 2 * Rig.BLOCK;

    /** In the torrent's order: d/e/f02, d/e/f05, d/f01, d/f04, f00, f03. */
    private static final List<Integer> LENGTHS = List.of(50_000, 0, 10_000, 70_000, 90_000, 20);

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(31);

    private static List<Priority> all(Sample sample, Priority priority) {
        return sample.metainfo().files().stream().map(_ -> priority).toList();
    }

    private static List<Priority> skip(Sample sample, int... files) {
        List<Priority> priorities = new ArrayList<>(all(sample, Priority.NORMAL));
        for (int file : files) {
            priorities.set(file, Priority.SKIP);
        }
        return priorities;
    }

    /** Writes the pieces that reach into wanted files. */
    private void writeWanted(
            Rig rig, TorrentStore store, Sample sample, List<Priority> priorities) {
        PieceMap pieces = sample.metainfo().pieces();
        for (int piece = 0; piece < pieces.pieceCount(); piece++) {
            boolean wanted =
                    pieces.spans(piece, 0, pieces.lengthOf(piece)).stream()
                            .anyMatch(span ->
                                    !span.pad() && priorities.get(span.file()) != Priority.SKIP);
            if (wanted) {
                assertThat(rig.writePiece(store, sample, piece, random))
                        .isEqualTo(new DiskResult.Ok<>(true));
            }
        }
    }

    private List<String> names(Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private Path partsOf(Sample sample, Path root) {
        return root.resolve("." + sample.metainfo().infoHash().hex() + ".parts");
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void skippedFileDoesNotAppearAndItsSharedPiecesAreGood(TorrentVersion version)
            throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, version, 32);
        int skipped = sample.longestFile();
        List<Priority> priorities = skip(sample, skipped);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, priorities, Preallocation.FULL);
            rig.value(store::prepare);
            writeWanted(rig, store, sample, priorities);
            assertThat(sample.path(directory, skipped)).doesNotExist();
            assertThat(sample.differences(directory)).hasSize(1);
            List<FileStat> stats = rig.value(store::stat);
            assertThat(stats.get(skipped).exists()).isFalse();
            int lastShared = sample.metainfo().pieces().lastPiece(skipped);
            int length = sample.metainfo().pieces().lengthOf(lastShared);
            if (version == TorrentVersion.V1) {
                assertThat(partsOf(sample, directory)).exists();
                assertThat(rig.read(store, lastShared, 0, length, true))
                        .isEqualTo(sample.bytes(lastShared, 0, length));
            } else {
                assertThat(partsOf(sample, directory)).doesNotExist();
            }
        }
    }

    @Test
    void fileThatBecomesWantedGetsItsBytesFromThePartFileAlsoAfterARestart() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 33);
        int skipped = sample.longestFile();
        List<Priority> priorities = skip(sample, skipped, skipped - 1);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, priorities, Preallocation.NONE);
            rig.value(store::prepare);
            writeWanted(rig, store, sample, priorities);
            rig.done(store::close);
        }
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, priorities, Preallocation.NONE);
            rig.value(store::prepare);
            int before = rig.check(store, sample).cardinality();
            rig.done(done -> store.priorities(all(sample, Priority.NORMAL), done));
            assertThat(partsOf(sample, directory)).doesNotExist();
            assertThat(rig.check(store, sample).cardinality()).isEqualTo(before);
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                if (!rig.check(store, sample).get(piece)) {
                    rig.writePiece(store, sample, piece, random);
                }
            }
            assertThat(sample.differences(directory)).isEmpty();
        }
    }

    @Test
    void fileThatIsNoLongerWantedStaysOnlyWhenItHasData() {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 34);
        try (Rig rig = Rig.local()) {
            TorrentStore store =
                    rig.open(sample, directory, all(sample, Priority.LOW), Preallocation.SPARSE);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, random);
            rig.done(done -> store.priorities(all(sample, Priority.SKIP), done));
            PieceMap pieces = sample.metainfo().pieces();
            for (int file = 0; file < pieces.fileCount(); file++) {
                boolean hasData = pieces.firstPiece(file) == 0 && pieces.fileLength(file) > 0;
                assertThat(Files.exists(sample.path(directory, file))).isEqualTo(hasData);
            }
        }
    }

    @Test
    void syncMakesNoFileThatIsNoLongerWanted() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 37);
        int skipped = sample.longestFile();
        List<Priority> some = skip(sample, skipped);
        Path to = directory.resolve("to");
        try (Rig rig = Rig.local()) {
            TorrentStore store =
                    rig.open(sample, directory, all(sample, Priority.LOW), Preallocation.SPARSE);
            rig.value(store::prepare);
            rig.done(done -> store.priorities(some, done));
            rig.done(store::sync);
            assertThat(sample.path(directory, skipped)).doesNotExist();
            writeWanted(rig, store, sample, some);
            rig.done(done -> store.move(to, (_, _) -> {}, done));
            rig.done(store::sync);
            assertThat(sample.path(to, skipped)).doesNotExist();
            rig.done(done -> store.priorities(all(sample, Priority.LOW), done));
            writeWanted(rig, store, sample, all(sample, Priority.LOW));
            assertThat(sample.differences(to)).isEmpty();
        }
    }

    @Test
    void partFileWithATornIndexIsTakenForEmpty() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 35);
        List<Priority> priorities = skip(sample, sample.longestFile());
        Files.write(partsOf(sample, directory), new byte[] {1, 2, 3});
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, priorities, Preallocation.NONE);
            rig.value(store::prepare);
            writeWanted(rig, store, sample, priorities);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void movesFilesWhileBlocksAreWritten(boolean acrossFileSystems) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 36);
        List<Priority> priorities = skip(sample, sample.longestFile());
        Path from = Files.createDirectory(directory.resolve("from"));
        Path to = directory.resolve("to");
        FaultyVolume volume = new FaultyVolume();
        if (acrossFileSystems) {
            volume.mount(to);
        }
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, from, priorities, Preallocation.NONE);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, random);
            Path old = sample.path(from, sample.metainfo().pieces().fileAt(0));
            Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000_000_000L));
            var moved = rig.<Void>start(done -> store.move(to, (_, _) -> {}, done));
            for (int piece = 1; piece < sample.pieceCount(); piece++) {
                assertThat(rig.writePiece(store, sample, piece, random))
                        .isEqualTo(new DiskResult.Ok<>(true));
            }
            assertThat(Rig.await(moved)).isInstanceOf(DiskResult.Ok.class);
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                int length = sample.metainfo().pieces().lengthOf(piece);
                assertThat(rig.read(store, piece, 0, length, true))
                        .isEqualTo(sample.bytes(piece, 0, length));
            }
        }
        assertThat(sample.differences(to)).hasSize(1);
        assertThat(from).isEmptyDirectory();
        assertThat(names(to)).noneMatch(name -> name.endsWith(".moving"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void moveThatFailsAtAnyOperationLeavesEverythingWhereItWas(boolean acrossFileSystems)
            throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 37);
        boolean hit = true;
        for (int k = 0; hit; k++) {
            Path from = directory.resolve("from" + k);
            Path to = directory.resolve("to" + k);
            sample.writeTo(from);
            FaultyVolume volume = new FaultyVolume();
            if (acrossFileSystems) {
                volume.mount(to);
            }
            try (Rig rig = new Rig(volume)) {
                TorrentStore store = rig.open(sample, from);
                rig.value(store::prepare);
                volume.failOperation(k, "Input/output error");
                DiskResult<Void> result = rig.ask(done -> store.move(to, (_, _) -> {}, done));
                hit = volume.operations() > k;
                volume.failOperation(-1, "");
                boolean failed = result instanceof DiskResult.Failed;
                assertThat(rig.check(store, sample).isComplete()).as("operation %d", k).isTrue();
                assertThat(sample.differences(failed ? from : to)).as("operation %d", k).isEmpty();
                assertThat(failed && !hit).as("failure without a reason").isFalse();
            }
        }
    }

    @Test
    void moveRefusesToOverwrite() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 38);
        Path to = directory.resolve("to");
        Path taken = sample.path(to, sample.longestFile());
        Files.createDirectories(taken.getParent());
        Files.writeString(taken, "precious");
        sample.writeTo(directory);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            assertThat(rig.<Void>ask(done -> store.move(to, (_, _) -> {}, done)))
                    .isInstanceOf(DiskResult.Failed.class);
        }
        assertThat(taken).hasContent("precious");
        assertThat(sample.differences(directory)).isEmpty();
    }

    @Test
    void deletesItsFilesAndItsDirectoriesAndNothingElse() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 40);
        List<Priority> priorities = skip(sample, sample.longestFile());
        Files.createDirectories(directory.resolve("sample/d"));
        Files.writeString(directory.resolve("sample/d/mine.txt"), "mine");
        Files.createSymbolicLink(directory.resolve("sample/link"), directory);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, priorities, Preallocation.NONE);
            rig.value(store::prepare);
            writeWanted(rig, store, sample, priorities);
            rig.done(store::delete);
            assertThat(rig.<Boolean>ask(verdict -> store.verify(0, verdict)))
                    .isInstanceOfSatisfying(
                            DiskResult.Failed.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.CLOSED));
        }
        assertThat(names(directory)).containsExactly("sample/d/mine.txt");
        assertThat(directory.resolve("sample/link")).isSymbolicLink();
        assertThat(directory.resolve("sample/d/e")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesKeepTheirRightsWhereverTheyGo(boolean acrossFileSystems) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 42);
        Path from = directory.resolve("from");
        Path to = directory.resolve("to");
        sample.writeTo(from);
        List<String> rights = List.of("rwxr-xr-x", "rw-------", "r--r--r--");
        for (int file = 0; file < LENGTHS.size(); file++) {
            Files.setPosixFilePermissions(
                    sample.path(from, file),
                    PosixFilePermissions.fromString(rights.get(file % rights.size())));
        }
        FaultyVolume volume = new FaultyVolume();
        if (acrossFileSystems) {
            volume.mount(to);
        }
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, from);
            rig.done(done -> store.move(to, (_, _) -> {}, done));
        }
        assertThat(sample.differences(to)).isEmpty();
        for (int file = 0; file < LENGTHS.size(); file++) {
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(sample.path(to, file));
            assertThat(PosixFilePermissions.toString(found))
                    .isEqualTo(rights.get(file % rights.size()));
        }
    }

    @Test
    void marksExecutableFiles() {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 41);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            writeWanted(rig, store, sample, all(sample, Priority.NORMAL));
            for (var file : sample.metainfo().files()) {
                assertThat(Files.isExecutable(sample.path(directory, file.index())))
                        .isEqualTo(file.attributes().executable());
            }
        }
    }
}
