package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskResult.Kind;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.disk.TorrentStore.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a crash, a change of mind and the end of the store do to a move. */
@Timeout(120)
class MovingTest {
    private static final int PIECE = 2 * Rig.BLOCK;
    private static final List<Integer> LENGTHS = List.of(50_000, 0, 10_000, 70_000, 20);

    @TempDir Path directory;

    private static List<Path> filesIn(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(Files::isRegularFile).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedAtAnyOperationAMoveIsEndedOrTakenBackByTheNextRun(boolean acrossFileSystems)
            throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 71);
        int ended = 0;
        int takenBack = 0;
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
                rig.value(store::stat);
                volume.dieAtOperation(k);
                rig.<Void>ask(done -> store.move(to, (_, _) -> {}, done));
                hit = volume.operations() > k;
            }
            volume.dieAtOperation(Integer.MAX_VALUE);
            try (Rig rig = new Rig(volume)) {
                TorrentStore store = rig.open(sample, from);
                boolean moved = rig.<Boolean>value(done -> store.settle(to, done));
                assertThat(sample.differences(moved ? to : from)).as("killed at %d", k).isEmpty();
                assertThat(filesIn(moved ? from : to)).as("killed at %d", k).isEmpty();
                assertThat(filesIn(moved ? to : from)).as("killed at %d", k).hasSize(5);
                assertThat(rig.check(store, sample).isComplete()).as("killed at %d", k).isTrue();
                if (moved) {
                    assertThat(volume.unforced()).as("killed at %d", k).isEmpty();
                }
                rig.done(done -> store.move(to, (_, _) -> {}, done));
                assertThat(volume.unforced()).as("killed at %d", k).isEmpty();
                assertThat(sample.differences(to)).as("killed at %d", k).isEmpty();
                ended += moved ? 1 : 0;
                takenBack += moved ? 0 : 1;
            }
        }
        assertThat(ended).isPositive();
        assertThat(takenBack).isPositive();
    }

    @Test
    void makesItsTargetOnlyWhenItMay() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 80);
        Path from = directory.resolve("from");
        Path to = directory.resolve("mount").resolve("to");
        sample.writeTo(from);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, from);
            rig.value(store::prepare);
            assertThat(rig.<Void>ask(done -> store.moveInto(to, (_, _) -> {}, done)))
                    .isInstanceOfSatisfying(
                            DiskResult.Failed.class,
                            failed -> assertThat(failed.kind()).isEqualTo(Kind.MISSING));
            assertThat(to.getParent()).doesNotExist();
            assertThat(sample.differences(from)).isEmpty();
            Files.createDirectories(to);
            rig.done(done -> store.moveInto(to, (_, _) -> {}, done));
        }
        assertThat(sample.differences(to)).isEmpty();
    }

    @Test
    void settlingTouchesNothingThatIsNotOurs() throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 72);
        Path from = directory.resolve("from");
        Path to = directory.resolve("to");
        sample.writeTo(from);
        sample.writeTo(to); // of somebody else: no move ever began
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, from);
            assertThat(rig.<Boolean>value(done -> store.settle(to, done))).isFalse();
        }
        assertThat(sample.differences(from)).isEmpty();
        assertThat(sample.differences(to)).isEmpty();
    }

    @Test
    void tellsHowFarItIsAndCanBeCancelled() throws Exception {
        Sample sample = Sample.ofFile(20 << 20, 1 << 20, TorrentVersion.V1, 73);
        Path from = directory.resolve("from");
        Path to = directory.resolve("to");
        sample.writeTo(from);
        FaultyVolume volume = new FaultyVolume();
        volume.mount(to);
        AtomicLong seen = new AtomicLong();
        CompletableFuture<DiskResult<Void>> answer = new CompletableFuture<>();
        Cancellation[] move = {() -> {}};
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, from);
            rig.value(store::prepare);
            var _ =
                    rig.start(_ ->
                            move[0] =
                                    store.move(
                                            to,
                                            (bytes, of) -> {
                                                assertThat(of).isEqualTo(20 << 20);
                                                seen.accumulateAndGet(bytes, Math::max);
                                                move[0].cancel();
                                            },
                                            answer::complete));
            DiskResult<Void> result = Rig.await(answer);
            assertThat(seen.get()).isPositive();
            // The last step may be past the point of no return: then the move just ended.
            boolean cancelled = result instanceof DiskResult.Failed<Void>;
            assertThat(sample.differences(cancelled ? from : to)).isEmpty();
            assertThat(filesIn(cancelled ? to : from)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void overwritesNothingThatLiesInPlaceOfAFileThatIsStillToBeMade(boolean partNames)
            throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 76);
        Path from = Files.createDirectory(directory.resolve("from"));
        Path to = directory.resolve("to");
        Path last = to.resolve("sample").resolve("f03"); // of which we have nothing
        Files.createDirectories(last.getParent());
        Files.writeString(last, "somebody's own");
        try (Rig rig = Rig.local()) {
            rig.partNames = partNames;
            TorrentStore store = rig.open(sample, from);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, new SplittableRandom(1));
            assertThat(rig.<Void>ask(done -> store.move(to, (_, _) -> {}, done)))
                    .isInstanceOf(DiskResult.Failed.class);
            for (int piece = 1; piece < sample.pieceCount(); piece++) {
                rig.writePiece(store, sample, piece, new SplittableRandom(1));
            }
        }
        assertThat(sample.differences(from)).isEmpty();
        assertThat(last).hasContent("somebody's own");
        assertThat(filesIn(to)).containsExactly(last);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void overwritesNothingThatComesWhileItMoves(boolean acrossFileSystems) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 79);
        Path from = directory.resolve("from");
        Path to = directory.resolve("to");
        Path last = to.resolve("sample").resolve("f03");
        sample.writeTo(from);
        FaultyVolume volume = new FaultyVolume();
        if (acrossFileSystems) {
            volume.mount(to);
        }
        CompletableFuture<Void> hanging = volume.hangIn(to);
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, from);
            rig.value(store::prepare);
            var moved = rig.<Void>start(done -> store.move(to, (_, _) -> {}, done));
            Rig.await(volume.hangs());
            Files.createDirectories(last.getParent());
            Files.writeString(last, "somebody's own");
            hanging.complete(null);
            assertThat(Rig.await(moved)).isInstanceOf(DiskResult.Failed.class);
            assertThat(rig.check(store, sample).isComplete()).isTrue();
        }
        assertThat(sample.differences(from)).isEmpty();
        assertThat(last).hasContent("somebody's own");
        assertThat(filesIn(to)).containsExactly(last);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void folderThatIsRenamedWhileItIsCopiedLeavesNothingBehind(boolean killed) throws Exception {
        Sample sample = Sample.ofDirectory(LENGTHS, PIECE, TorrentVersion.V1, 81);
        Path from = directory.resolve("from");
        Path to = directory.resolve("to");
        sample.writeTo(from);
        Map<Integer, List<String>> renamed = new HashMap<>();
        for (FileEntry file : sample.metainfo().files()) {
            List<String> path = new ArrayList<>(file.path());
            path.set(0, "other");
            renamed.put(file.index(), path);
        }
        FaultyVolume volume = new FaultyVolume();
        volume.mount(to);
        // The first name of a copy; the note of the move has no number.
        CompletableFuture<Void> hanging =
                volume.hangAt(path -> path.toString().endsWith("-0.moving"));
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, from);
            var moved = rig.<Void>start(done -> store.move(to, (_, _) -> {}, done));
            Rig.await(volume.hangs());
            rig.done(done -> store.rename(List.of("sample"), "other", false, done));
            if (killed) {
                volume.dieAtOperation(0);
            }
            hanging.complete(null);
            assertThat(Rig.await(moved) instanceof DiskResult.Ok).isEqualTo(!killed);
        }
        volume.dieAtOperation(Integer.MAX_VALUE);
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, killed ? from : to, renamed);
            if (killed) {
                assertThat(rig.<Boolean>value(done -> store.settle(to, done))).isFalse();
            }
            assertThat(rig.check(store, sample).isComplete()).isTrue();
        }
        if (!killed) {
            assertThat(volume.unforced()).isEmpty();
        }
        assertThat(killed ? to : from).isEmptyDirectory();
        assertThat((killed ? from : to).resolve("sample")).doesNotExist();
        assertThat(filesIn(killed ? from : to)).hasSize(5);
    }

    @Test
    void syncsAndWritesWhileAMoveHangs() {
        Sample sample = Sample.ofFile(4 * PIECE, PIECE, TorrentVersion.V1, 74);
        Path to = directory.resolve("to");
        FaultyVolume volume = new FaultyVolume();
        volume.mount(to);
        try (Rig rig = new Rig(volume)) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            rig.writePiece(store, sample, 0, new SplittableRandom(1));
            CompletableFuture<Void> hanging = volume.hangIn(to);
            var moved = rig.<Void>start(done -> store.move(to, (_, _) -> {}, done));
            rig.done(store::sync);
            assertThat(rig.writePiece(store, sample, 1, new SplittableRandom(1)))
                    .isEqualTo(new DiskResult.Ok<>(true));
            assertThat(moved).isNotDone();
            hanging.complete(null);
            assertThat(Rig.await(moved)).isInstanceOf(DiskResult.Ok.class);
        }
    }

    @Test
    void movesThatHangHoldUpNoOtherTorrent() throws Exception {
        Path to = directory.resolve("to");
        FaultyVolume volume = new FaultyVolume();
        volume.mount(to);
        try (Rig rig = new Rig(volume)) {
            CompletableFuture<Void> hanging = volume.hangIn(to);
            List<CompletableFuture<DiskResult<Void>>> moves = new ArrayList<>();
            Cancellation[] last = {() -> {}};
            for (int i = 0; i < 5; i++) {
                Sample sample = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 770 + i);
                Path from = directory.resolve("from" + i);
                sample.writeTo(from);
                TorrentStore store = rig.open(sample, from);
                Path target = to.resolve("to" + i);
                moves.add(
                        rig.<Void>start(done -> last[0] = store.move(target, (_, _) -> {}, done)));
            }
            Sample other = Sample.ofFile(PIECE, PIECE, TorrentVersion.V1, 78);
            TorrentStore free = rig.open(other, directory);
            rig.value(free::prepare);
            assertThat(rig.writePiece(free, other, 0, new SplittableRandom(1)))
                    .isEqualTo(new DiskResult.Ok<>(true));
            rig.done(free::sync);
            assertThat(moves).noneMatch(CompletableFuture::isDone);
            var _ = rig.start(_ -> last[0].cancel());
            assertThat(Rig.await(moves.removeLast()))
                    .as("a move that waits for those that hang")
                    .isInstanceOf(DiskResult.Failed.class);
            hanging.complete(null);
            for (CompletableFuture<DiskResult<Void>> move : moves) {
                assertThat(Rig.await(move)).isInstanceOf(DiskResult.Ok.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unfinishedFilesKeepTheirNamesWhereverTheyGo(boolean acrossFileSystems) throws Exception {
        Sample sample = Sample.ofFile(4 * PIECE, PIECE, TorrentVersion.V1, 75);
        Path from = Files.createDirectory(directory.resolve("from"));
        Path to = directory.resolve("to");
        FaultyVolume volume = new FaultyVolume();
        if (acrossFileSystems) {
            volume.mount(to);
        }
        try (Rig rig = new Rig(volume)) {
            rig.partNames = true;
            TorrentStore store =
                    rig.open(sample, from, List.of(Priority.NORMAL), Preallocation.NONE);
            rig.value(store::prepare);
            for (int piece = 0; piece < 4; piece++) {
                if (piece == 2) {
                    rig.done(done -> store.move(to, (_, _) -> {}, done));
                    assertThat(store.location(0)).isEqualTo(to.resolve("sample.bin.part")).exists();
                }
                rig.writePiece(store, sample, piece, new SplittableRandom(1));
            }
            assertThat(store.location(0)).isEqualTo(to.resolve("sample.bin"));
        }
        assertThat(sample.differences(to)).isEmpty();
        assertThat(filesIn(directory)).hasSize(1);
    }
}
