package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are in the way, go away, or cannot be written. */
@Timeout(60)
class StorageTroubleTest extends TwoMachines {
    private static final int BYTES = 3_000_000;
    private static final int PIECE = 65_536;

    private final Payload payload = Payload.single("one.bin", BYTES, PIECE, 31);

    @Test
    void goesOnByItselfWhenTheDiskHasSpaceAgain() throws Exception {
        DiskStore real = machine.parts.store().orElseThrow();
        FailingDisk disk = new FailingDisk(real);
        machine.parts.use(disk);
        Torrent torrent = slowDownload();
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() > 300_000);
        disk.full.set(true);
        Waiting.state(torrent, TorrentState.ERROR);
        TorrentError error = torrent.snapshot().error().orElseThrow();
        assertThat(error.kind()).isEqualTo(TorrentError.Kind.DISK_FULL);
        assertThat(error.message()).contains("no space");
        assertThat(torrent.snapshot().swarm().connected()).isEqualTo(1);
        assertThat(disk.refused.get()).isPositive();
        disk.full.set(false);
        done(torrent.setOptions(unlimited()));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().error()).isEmpty();
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void takesOverDataThatIsThereAlready() throws Exception {
        payload.write(here);
        Path file = payload.target(here, List.of());
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        Files.write(file, bytes);
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        assertThat(torrent.snapshot().progress().verifiedBytes()).isEqualTo(BYTES - PIECE);
        seed();
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().transfer().downloadedBytes()).isEqualTo(PIECE);
    }

    @ParameterizedTest
    @EnumSource(names = {"SKIP", "NORMAL"})
    void filesMayBeChosenWhileThoseThatAreThereAreChecked(Priority choice) throws Exception {
        Payload two = smallPair();
        two.write(here);
        Path b = two.target(here, List.of("b"));
        Files.delete(b);
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        disk.checked = new CompletableFuture<>();
        machine.parts.use(disk);
        machine.start(Machine.settings(here));
        Priority before = choice == Priority.SKIP ? Priority.NORMAL : Priority.SKIP;
        Torrent torrent = machine.add(two.request().priorities(Map.of(1, before)));
        Waiting.state(torrent, TorrentState.CHECKING);
        done(torrent.setFilePriorities(Map.of(1, choice)));
        disk.checked.complete(null);
        Waiting.state(torrent, TorrentState.DOWNLOADING); // a, or b: they share a piece
        done(torrent.addPeer(address(seeder)));
        if (choice == Priority.SKIP) {
            Waiting.state(torrent, TorrentState.FINISHED);
            assertThat(b).doesNotExist();
        } else {
            Waiting.state(torrent, TorrentState.SEEDING);
            assertThat(b).exists();
            assertThat(two.wrongFiles(here)).isEmpty();
        }
    }

    /** What the system could not write it has dropped; the next sync of it would succeed. */
    @ParameterizedTest
    @CsvSource({"IO, true", "FULL, true", "FULL, false"})
    void claimsNothingThatCameSinceTheLastSync(DiskResult.Kind failure, boolean started)
            throws Exception {
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
        Torrent torrent = slowDownload();
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() > 300_000);
        Bitfield came;
        int syncs;
        do {
            syncs = disk.syncs.get();
            Bitfield before = done(torrent.pieces()).copy();
            Waiting.until(() -> done(torrent.pieces()).cardinality() > before.cardinality() + 2);
            disk.syncFails.set(failure);
            came = done(torrent.pieces()).copy();
            assertThat(came.isComplete()).isFalse();
            came.andNot(before);
        } while (disk.syncs.get() != syncs); // one that went well came between
        try (RandomAccessFile file =
                new RandomAccessFile(payload.target(here, List.of()).toFile(), "rw")) {
            file.seek((long) came.nextSet(0) * PIECE);
            file.write(new byte[PIECE]);
        }
        done(torrent.setLabels(List.of("something to store")));
        Waiting.until(() -> disk.syncFails.get() == null);
        if (started) {
            Waiting.state(torrent, TorrentState.ERROR);
            done(torrent.start());
        }
        done(torrent.setOptions(unlimited()));
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().error()).isEmpty();
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void fileThatBecameWantedWhenTheDiskFailedIsMadeNevertheless() throws Exception {
        Payload two = smallPair();
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(two.request().priorities(Map.of(1, Priority.SKIP)));
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        disk.choiceFails.set(true);
        assertThat(torrent.setFilePriorities(Map.of(1, Priority.NORMAL)).toCompletableFuture())
                .failsWithin(Waiting.PATIENCE);
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(two.wrongFiles(here)).isEmpty();
    }

    /** A file that is not wanted has bytes of a shared piece in the part file. */
    @Test
    void claimsNothingOfAPartFileThatIsGone() throws Exception {
        Payload two = smallPair();
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(two.request().priorities(Map.of(1, Priority.SKIP)));
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.FINISHED);
        long verified = torrent.snapshot().progress().verifiedBytes();
        done(torrent.stop());
        Waiting.state(torrent, TorrentState.STOPPED);
        try (Stream<Path> parts = Files.list(here)) {
            Files.delete(parts.filter(path -> path.toString().endsWith(".parts")).findAny().get());
        }
        done(torrent.start());
        Waiting.state(torrent, TorrentState.FINISHED); // nothing has shown it yet

        done(seeder.engine().remove(seeder.engine().torrents().getFirst(), true));
        Torrent reader = seeder.add(two.request());
        done(reader.addPeer(address(machine)));
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() < verified);
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        assertThat(torrent.snapshot().error()).isEmpty();
    }

    @Test
    void movesFilesThatAreStillBeingClosed() throws Exception {
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
        Torrent torrent = seeding(machine, here);
        Path elsewhere = directory.resolve("elsewhere");
        disk.synced = new CompletableFuture<>();
        done(torrent.setLabels(List.of("something to store")));
        done(torrent.stop());
        CompletionStage<?> moved = torrent.move(elsewhere, true);
        Waiting.until(() -> isStored(machineState(here), elsewhere.getFileName().toString()));
        assertThat(moved.toCompletableFuture()).isNotDone();
        disk.synced.complete(null);
        done(moved);
        assertThat(payload.wrongFiles(elsewhere)).isEmpty();
        assertThat(payload.target(here, List.of())).doesNotExist();
        assertThat(torrent.snapshot().state()).isEqualTo(TorrentState.STOPPED);
    }

    @Test
    void answersARenamingWhoseTorrentGoesWhileTheWishIsStored() throws Exception {
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        machine.parts.use(disk);
        Torrent torrent = seeding(machine, here);
        int before = disk.syncs.get();
        disk.synced = new CompletableFuture<>();
        CompletionStage<?> renamed = torrent.rename("one.bin", "other.bin");
        Waiting.until(() -> disk.syncs.get() > before);
        CompletionStage<?> removed = machine.engine().remove(torrent, false);
        assertThat(renamed.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the torrent ended");
        disk.synced.complete(null);
        done(removed);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void findsDamageInARecheckAndRepairsIt() throws Exception {
        seed();
        Torrent torrent = seeding(machine, here);
        Path file = payload.target(here, List.of());
        byte[] bytes = Files.readAllBytes(file);
        bytes[70_000] ^= 1;
        Files.write(file, bytes);
        done(torrent.recheck());
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void checksAStoppedTorrentAndLeavesItStopped() throws Exception {
        payload.write(here);
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request().starting(AddTorrent.Start.STOPPED));
        assertThat(torrent.snapshot().state()).isEqualTo(TorrentState.STOPPED);
        done(torrent.recheck());
        Waiting.state(torrent, TorrentState.STOPPED);
        Waiting.until(() -> torrent.snapshot().progress().complete());
    }

    @Test
    void deletesItsOwnFilesAndNothingElse() throws Exception {
        Payload many =
                new Payload("many", 16_384, TorrentVersion.V1, 32)
                        .with(50_000, "deep", "a")
                        .with(50_000, "b");
        many.write(here);
        Path other = Files.writeString(here.resolve("many").resolve("mine.txt"), "keep");
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(many.request());
        Waiting.state(torrent, TorrentState.SEEDING);
        done(machine.engine().remove(torrent, true));
        assertThat(here.resolve("many").resolve("deep")).doesNotExist();
        assertThat(here.resolve("many").resolve("b")).doesNotExist();
        assertThat(other).hasContent("keep");
        assertThat(machine.engine().torrents()).isEmpty();
    }

    @Test
    void movesAndRenamesFilesWhileTheySeed() throws Exception {
        Torrent seed = seed();
        Path elsewhere = directory.resolve("elsewhere");
        done(seed.move(elsewhere, true));
        assertThat(seed.snapshot().saveDirectory()).isEqualTo(elsewhere);
        assertThat(payload.wrongFiles(elsewhere)).isEmpty();
        assertThat(payload.target(there, List.of())).doesNotExist();
        done(seed.rename("one.bin", "other name.bin"));
        assertThat(elsewhere.resolve("other name.bin")).exists();
        assertThat(done(seed.files()).getFirst().path()).isEqualTo("other name.bin");
        machine.start(Machine.settings(here));
        Torrent torrent = machine.add(payload.request());
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void claimsNothingOfAPlaceThatItWasOnlyPointedTo() throws Exception {
        Torrent torrent = seeding(machine, here);
        Path empty = directory.resolve("empty");
        done(torrent.move(empty, false));
        Waiting.state(torrent, TorrentState.DOWNLOADING);
        assertThat(torrent.snapshot().progress().verifiedBytes()).isZero();
        done(torrent.move(here, false));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void checksAStoppedTorrentThatIsPointedElsewhereAndMakesNoFiles() throws Exception {
        Torrent torrent = seeding(machine, here);
        done(torrent.stop());
        Path empty = directory.resolve("empty");
        done(torrent.move(empty, false));
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() == 0);
        Waiting.state(torrent, TorrentState.STOPPED);
        assertThat(empty).doesNotExist();
        done(torrent.move(here, false));
        Waiting.until(() -> torrent.snapshot().progress().complete());
        Waiting.state(torrent, TorrentState.STOPPED);
    }

    private Path machineState(Path where) {
        return directory.resolve("state of " + where.getFileName());
    }

    /** Whether a session has kept a text. */
    private static boolean isStored(Path state, String text) throws IOException {
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                if (bytes.contains(text)) {
                    return true;
                }
            }
        } catch (NoSuchFileException | UncheckedIOException _) {
            return false; // it is being replaced
        }
        return false;
    }

    /** Two files that share a piece, on a machine that seeds them. */
    private Payload smallPair() throws Exception {
        Payload two =
                new Payload("two", 16_384, TorrentVersion.V1, 34)
                        .with(50_000, "a")
                        .with(150_000, "b");
        two.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(two.request()), TorrentState.SEEDING);
        return two;
    }

    private Torrent seed() throws Exception {
        return seeding(seeder, there);
    }

    /** The torrent on a machine that is started where its file already is. */
    private Torrent seeding(Machine whose, Path where) throws Exception {
        payload.write(where);
        whose.start(Machine.settings(where), machineState(where));
        Torrent torrent = whose.add(payload.request());
        Waiting.state(torrent, TorrentState.SEEDING);
        return torrent;
    }

    private Torrent slowDownload() throws Exception {
        seed();
        machine.start(Machine.settings(here), directory.resolve("state"));
        Settings options =
                Settings.EMPTY
                        .with(TorrentOptions.DOWNLOAD_LIMIT, 300_000L)
                        .with(TorrentOptions.SEQUENTIAL, true);
        Torrent torrent = machine.add(payload.request().with(options));
        done(torrent.addPeer(address(seeder)));
        return torrent;
    }

    private static Settings unlimited() {
        return Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L);
    }
}
