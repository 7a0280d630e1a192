package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An unfinished file never looks complete, and a finished one is exact at once. */
@Timeout(60)
class FinishingTest {
    private static final int PIECE = 2 * Rig.BLOCK;
    private static final int LENGTH = 4 * PIECE + 100;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(51);
    private final Sample sample = Sample.ofFile(LENGTH, PIECE, TorrentVersion.V1, 52);

    private long size() throws IOException {
        return Files.size(directory.resolve("sample.bin"));
    }

    private List<Path> hidden() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.getFileName().toString().startsWith(".")).toList();
        }
    }

    private void write(Rig rig, TorrentStore store, int... pieces) {
        for (int piece : pieces) {
            assertThat(rig.writePiece(store, sample, piece, random))
                    .isEqualTo(new DiskResult.Ok<>(true));
        }
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void fileWhoseLastPieceCameFirstIsTooLongUntilAllAreThere(Preallocation preallocation)
            throws IOException {
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, List.of(), preallocation);
            rig.value(store::prepare);
            for (int piece : new int[] {4, 2, 0, 1}) {
                write(rig, store, piece);
                assertThat(size()).isEqualTo(LENGTH + 1);
            }
            assertThat(rig.read(store, 4, 0, 100, true)).isEqualTo(sample.bytes(4, 0, 100));
            write(rig, store, 3);
            assertThat(size()).isEqualTo(LENGTH);
            assertThat(sample.differences(directory)).isEmpty();
        }
        assertThat(hidden()).isEmpty();
    }

    @Test
    void markOutlivesAnOrderlyStop() throws IOException {
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            write(rig, store, 4, 0);
        }
        assertThat(hidden()).hasSize(1);
        for (int round = 0; round < 2; round++) {
            try (Rig rig = Rig.local()) {
                TorrentStore store = rig.open(sample, directory);
                List<FileStat> seen = rig.value(store::stat);
                assertThat(rig.<List<FileStat>>value(store::prepare)).isEqualTo(seen);
                assertThat(size()).isEqualTo(LENGTH + 1);
                write(rig, store, 1 + round);
                assertThat(size()).isEqualTo(LENGTH + 1);
            }
        }
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            assertThat(hidden()).isEmpty();
            write(rig, store, 3);
            assertThat(sample.differences(directory)).isEmpty();
        }
        assertThat(hidden()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAValidNoteTheMarkGoesAndTheFileStillBecomesExact(boolean torn) throws IOException {
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            write(rig, store, 4, 0);
        }
        Path note = hidden().getFirst();
        if (torn) {
            byte[] bytes = Files.readAllBytes(note);
            bytes[bytes.length - 5] ^= 1;
            Files.write(note, bytes);
        } else {
            Files.delete(note);
        }
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            assertThat(size()).isEqualTo(LENGTH);
            write(rig, store, 1, 2, 3);
            assertThat(sample.differences(directory)).isEmpty();
        }
    }

    @Test
    void checkThatFindsAllPiecesGoodCutsTheFile() throws IOException {
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            write(rig, store, 4, 0);
        }
        sample.writeTo(directory);
        Files.write(
                directory.resolve("sample.bin"),
                new byte[1],
                java.nio.file.StandardOpenOption.APPEND);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            rig.value(store::prepare);
            assertThat(sample.differences(directory)).isEmpty();
        }
        assertThat(hidden()).isEmpty();
    }

    @Test
    void moveInTheMiddleKeepsTheMarkAndLosesItInTheEnd() throws IOException {
        Path to = directory.resolve("to");
        FaultyVolume volume = new FaultyVolume();
        volume.mount(to);
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            write(rig, store, 4, 0);
            rig.done(done -> store.move(to, (_, _) -> {}, done));
            assertThat(to.resolve("sample.bin")).hasSize(LENGTH + 1);
            write(rig, store, 1, 2, 3);
            assertThat(sample.differences(to)).isEmpty();
        }
    }

    @Test
    void fileFromThePartFileIsExactWhenItsPiecesAreGood() {
        Sample many =
                Sample.ofDirectory(
                        List.of(PIECE + 10, 500, 20, PIECE), PIECE, TorrentVersion.V1, 53);
        int fileCount = many.metainfo().files().size();
        for (boolean restart : new boolean[] {false, true}) {
            Path here = directory.resolve("restart-" + restart);
            List<Priority> one = new ArrayList<>();
            for (int file = 0; file < fileCount; file++) {
                one.add(file == many.longestFile() ? Priority.NORMAL : Priority.SKIP);
            }
            List<Priority> all = one.stream().map(_ -> Priority.NORMAL).toList();
            Rig rig = Rig.local();
            TorrentStore store = rig.open(many, here, one, Preallocation.NONE);
            rig.value(store::prepare);
            for (int piece = 0; piece < many.pieceCount(); piece++) {
                rig.writePiece(store, many, piece, random);
            }
            if (restart) {
                // The files become wanted while the torrent is closed.
                rig.close();
                rig = Rig.local();
                TorrentStore again = rig.open(many, here, all, Preallocation.NONE);
                rig.value(again::prepare);
            } else {
                rig.done(done -> store.priorities(all, done));
            }
            rig.close();
            assertThat(many.differences(here)).isEmpty();
        }
    }
}
