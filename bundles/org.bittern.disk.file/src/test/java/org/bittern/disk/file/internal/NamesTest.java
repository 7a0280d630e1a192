package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files are called: renamed by the user, and while they are unfinished. */
@Timeout(60)
class NamesTest {
    private static final int PIECE = 2 * Rig.BLOCK;

    /** In the torrent's order: d/e/f02, d/e/f05, d/f01, d/f04, f00, f03. */
    private static final List<Integer> LENGTHS = List.of(50_000, 0, 10_000, 70_000, 90_000, 20);

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(80);

    private static DiskResult<Void> rename(
            Rig rig, TorrentStore store, List<String> path, String name) {
        return rig.ask(done -> store.rename(path, name, false, done));
    }

    private void writeAll(Rig rig, TorrentStore store, Sample sample) {
        for (int piece = 0; piece < sample.pieceCount(); piece++) {
            assertThat(rig.writePiece(store, sample, piece, random))
                    .isEqualTo(new DiskResult.Ok<>(true));
        }
    }

    // ---- renaming

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void renamesFilesAndFoldersInTheMiddleOfADownload(boolean partNames) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 81);
        int file = sample.longestFile();
        String name = sample.metainfo().files().get(file).fileName();
        assertThat(name).isEqualTo("f04");
        try (Rig rig = Rig.local()) {
            rig.partNames = partNames;
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            int half = sample.pieceCount() / 2;
            for (int piece = 0; piece < sample.pieceCount(); piece++) {
                if (piece == half) {
                    assertThat(rename(rig, store, List.of("sample", "d", "f04"), "long.bin"))
                            .isInstanceOf(DiskResult.Ok.class);
                    assertThat(rename(rig, store, List.of("sample", "d"), "folder"))
                            .isInstanceOf(DiskResult.Ok.class);
                    assertThat(rename(rig, store, List.of("sample"), "other"))
                            .isInstanceOf(DiskResult.Ok.class);
                }
                rig.writePiece(store, sample, piece, random);
            }
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            assertThat(store.location(file)).isEqualTo(directory.resolve("other/folder/long.bin"));
        }
        assertThat(directory.resolve("other/folder/long.bin"))
                .hasBinaryContent(sample.files().get(file));
        assertThat(directory.resolve("other/folder/e/f02"))
                .hasBinaryContent(sample.files().getFirst());
        assertThat(directory.resolve("sample")).doesNotExist();
    }

    @Test
    void refusesNamesThatAreTakenOrLeadElsewhereAndChangesNothing() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 82);
        sample.writeTo(directory);
        Files.writeString(directory.resolve("sample/d/mine"), "mine");
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            for (String taken : List.of("f01", "e", "mine")) {
                assertThat(rename(rig, store, List.of("sample", "d", "f04"), taken))
                        .as(taken)
                        .isInstanceOf(DiskResult.Failed.class);
                if (!taken.equals("e")) {
                    assertThat(rename(rig, store, List.of("sample", "d", "e"), taken))
                            .as(taken)
                            .isInstanceOf(DiskResult.Failed.class);
                }
            }
            assertThatThrownBy(() -> rename(rig, store, List.of("sample", "d"), ".."))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
            assertThat(rig.check(store, sample).isComplete()).isTrue();
        }
        assertThat(sample.differences(directory)).isEmpty();
        assertThat(directory.resolve("sample/d/mine")).hasContent("mine");
    }

    @Test
    void renamingAgainAfterACrashFindsItDone() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 83);
        sample.writeTo(directory);
        Files.move(directory.resolve("sample"), directory.resolve("other"));
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            assertThat(rename(rig, store, List.of("sample"), "other"))
                    .isInstanceOf(DiskResult.Failed.class);
            rig.done(done -> store.rename(List.of("sample"), "other", true, done));
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            rig.value(store::prepare);
            List<Priority> none = LENGTHS.stream().map(_ -> Priority.SKIP).toList();
            rig.done(done -> store.priorities(none, done));
        }
        assertThat(directory.resolve("other/f03")).as("not wanted, and ours").exists();
    }

    // ---- unfinished files

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void unfinishedFilesAreCalledPartUntilTheirLastPieceIsGood(Preallocation preallocation)
            throws Exception {
        Sample sample = Sample.ofFile(3 * PIECE, PIECE, TorrentVersion.V1, 84);
        Path whole = directory.resolve("sample.bin");
        Path part = directory.resolve("sample.bin.part");
        try (Rig rig = Rig.local()) {
            rig.partNames = true;
            TorrentStore store =
                    rig.open(sample, directory, List.of(Priority.NORMAL), preallocation);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 2, random);
            rig.writePiece(store, sample, 0, random);
            assertThat(part).exists();
            assertThat(whole).doesNotExist();
            assertThat(store.location(0)).isEqualTo(part);
            rig.writePiece(store, sample, 1, random);
            assertThat(part).doesNotExist();
            assertThat(store.location(0)).isEqualTo(whole);
        }
        assertThat(sample.differences(directory)).isEmpty();
    }

    @Test
    void whatAnEarlierRunKnewGivesAFinishedFileItsName() throws Exception {
        Sample sample = Sample.ofFile(3 * PIECE, PIECE, TorrentVersion.V1, 85);
        Files.write(directory.resolve("sample.bin.part"), sample.files().getFirst());
        try (Rig rig = Rig.local()) { // also when the setting is off by now
            TorrentStore store = rig.open(sample, directory);
            var _ = rig.start(_ -> store.trust(Bitfield.full(3)));
            rig.value(store::prepare);
            assertThat(sample.differences(directory)).isEmpty();
            assertThat(directory.resolve("sample.bin.part")).doesNotExist();
        }
    }

    /** Files that were taken over from qBittorrent. */
    @Test
    void unfinishedFilesOfQbittorrentGetTheirNames() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 89);
        int file = sample.longestFile();
        assertThat(sample.metainfo().files().get(file).fileName()).isEqualTo("f04");
        Path folder = Files.createDirectories(directory.resolve("sample/d"));
        Path marked = folder.resolve("f04.!qB");
        Files.write(marked, new byte[10]);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            assertThat(store.location(file)).isEqualTo(marked);
            writeAll(rig, store, sample);
            assertThat(store.location(file)).isEqualTo(folder.resolve("f04"));
        }
        assertThat(sample.differences(directory)).isEmpty();
        assertThat(marked).doesNotExist();
    }

    @Test
    void goesOnWithAPartOfAnEarlierRun() throws Exception {
        Sample sample = Sample.ofFile(3 * PIECE, PIECE, TorrentVersion.V1, 86);
        try (Rig rig = Rig.local()) {
            rig.partNames = true;
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, random);
        }
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            assertThat(rig.check(store, sample).get(0)).isTrue();
            rig.value(store::prepare);
            writeAll(rig, store, sample);
        }
        assertThat(sample.differences(directory)).isEmpty();
        assertThat(directory.resolve("sample.bin.part")).doesNotExist();
    }

    /** A closed torrent's files are renamed, moved and deleted by a store that never saw them. */
    @ParameterizedTest
    @ValueSource(strings = {"rename", "move", "moveAcross", "delete"})
    void findsUnfinishedFilesOfAnEarlierRun(String deed) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 88);
        try (Rig rig = Rig.local()) {
            rig.partNames = true;
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            for (int piece = 0; piece < sample.pieceCount() - 1; piece++) {
                rig.writePiece(store, sample, piece, random);
            }
            assertThat(directory.resolve("sample/d/f04")).exists();
            assertThat(directory.resolve("sample/f03.part")).exists();
        }
        Path to = Files.createDirectory(directory.resolve("to"));
        FaultyVolume volume = new FaultyVolume();
        if (deed.equals("moveAcross")) {
            volume.mount(to);
        }
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, directory);
            switch (deed) {
                case "rename" -> {
                    List<String> path = List.of("sample", "f03");
                    rig.done(done -> store.rename(path, "other", false, done));
                }
                case "delete" -> rig.done(store::delete);
                default -> rig.done(done -> store.move(to, (_, _) -> {}, done));
            }
        }
        Path folder = directory.resolve("sample");
        assertThat(folder.resolve("f03.part")).doesNotExist();
        switch (deed) {
            case "rename" -> assertThat(folder.resolve("other.part")).exists();
            case "delete" -> assertThat(folder).doesNotExist();
            default -> {
                assertThat(to.resolve("sample/f03.part")).exists();
                assertThat(folder).doesNotExist();
            }
        }
    }

    @Test
    void deletesParts() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 87);
        try (Rig rig = Rig.local()) {
            rig.partNames = true;
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, random);
            rig.done(store::delete);
        }
        assertThat(directory).isEmptyDirectory();
    }
}
