package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What outlives an engine: stopped in good order, killed, or with files that somebody changed. */
@Timeout(60)
class RestartTest extends TwoMachines {
    private static final int BYTES = 4_000_000;

    private final Payload payload = Payload.single("one.bin", BYTES, 65_536, 21);
    private Path state;

    @BeforeEach
    void begin() throws Exception {
        state = directory.resolve("state");
    }

    @Test
    void fetchesNothingTwiceAfterAnOrderlyStop() throws Exception {
        seed();
        Torrent first = half();
        long fetched = first.snapshot().transfer().downloadedBytes();
        machine.stop();
        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(again.snapshot().transfer().downloadedEverBytes())
                .isGreaterThanOrEqualTo(fetched);
        done(again.setOptions(unlimited()));
        done(again.addPeer(address(seeder)));
        Waiting.state(again, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(again.snapshot().transfer().downloadedEverBytes()).isEqualTo(BYTES);
    }

    @Test
    void losesOnlyWhatWasInFlightWhenKilled() throws Exception {
        seed();
        Torrent first = half();
        long verified = first.snapshot().progress().verifiedBytes();
        // What a killed process leaves: everything as it is at this moment.
        Path killedState = copy(state, directory.resolve("killed-state"));
        Path killedFiles = copy(here, directory.resolve("killed-files"));
        machine.stop();
        delete(state);
        delete(here);
        copy(killedState, state);
        copy(killedFiles, here);

        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(again.snapshot().progress().verifiedBytes()).isGreaterThanOrEqualTo(verified);
        done(again.setOptions(unlimited()));
        done(again.addPeer(address(seeder)));
        Waiting.state(again, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void believesNoStaleNoteAfterACrash() throws Exception {
        complete();
        Files.delete(state.resolve("clean"));
        Path file = payload.target(here, List.of());
        var time = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 0, BYTES / 2, (byte) 0); // as if these blocks had never reached the disk
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, time);
        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(again.snapshot().progress().verifiedBytes()).isLessThanOrEqualTo(BYTES / 2);
    }

    @Test
    void claimsNothingBeforeItsFilesWereLookedAt() throws Exception {
        complete();
        FailingDisk disk = new FailingDisk(machine.parts.store().orElseThrow());
        disk.looked = new CompletableFuture<>();
        machine.parts.use(disk);
        Torrent again = restart();
        assertThat(again.snapshot().progress().fraction()).isEqualTo(1); // as it was left
        assertThat(again.snapshot().state()).isIn(TorrentState.SEED_QUEUED, TorrentState.CHECKING);
        Waiting.until(() -> disk.looks.get() > 0);
        assertThat(done(again.pieces()).isComplete()).isTrue(); // what was begun before is over
        assertThat(again.snapshot().state()).isEqualTo(TorrentState.CHECKING);
        disk.looked.complete(null);
        Waiting.state(again, TorrentState.SEEDING);
    }

    @Test
    void findsOutWhichPiecesSomebodyChanged() throws Exception {
        complete();
        Path file = payload.target(here, List.of());
        byte[] bytes = Files.readAllBytes(file);
        bytes[1_000_000] ^= 1;
        Files.write(file, bytes);
        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(again.snapshot().progress().verifiedBytes()).isEqualTo(BYTES - 65_536);
    }

    @Test
    void findsOutThatAFileIsShorterThanItWas() throws Exception {
        complete();
        Path file = payload.target(here, List.of());
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1_000_000));
        Torrent again = restart();
        Waiting.state(again, TorrentState.DOWNLOADING);
        assertThat(again.snapshot().progress().verifiedBytes()).isBetween(900_000L, 1_000_000L);
    }

    @Test
    void downloadsNothingByItselfWhenTheFilesAreGone() throws Exception {
        complete();
        Files.delete(payload.target(here, List.of()));
        Torrent again = restart();
        Waiting.state(again, TorrentState.ERROR);
        TorrentError error = again.snapshot().error().orElseThrow();
        assertThat(error.kind()).isEqualTo(TorrentError.Kind.STORE_MISSING);
        assertThat(error.message()).contains("one.bin");
        assertThat(payload.target(here, List.of())).doesNotExist();

        payload.write(here);
        done(again.recheck());
        Waiting.state(again, TorrentState.SEEDING);
    }

    @Test
    void remembersWhatTheUserWants() throws Exception {
        Payload many =
                new Payload("many", 16_384, TorrentVersion.V1, 22)
                        .with(50_000, "a")
                        .with(50_000, "b");
        machine.start(Machine.settings(here), state);
        Path elsewhere = directory.resolve("elsewhere");
        Torrent first =
                machine.add(
                        many.request()
                                .into(elsewhere)
                                .starting(AddTorrent.Start.STOPPED)
                                .priorities(Map.of(0, Priority.SKIP, 1, Priority.HIGH))
                                .labelled(List.of("x", "y")));
        done(first.setOptions(Settings.EMPTY.with(TorrentOptions.SEQUENTIAL, true)));
        done(first.setTrackers(List.of(List.of("http://127.0.0.1:1/announce"))));
        machine.stop();
        Torrent again = restart();
        assertThat(again.infoHash()).isEqualTo(first.infoHash());
        assertThat(again.snapshot().state()).isEqualTo(TorrentState.STOPPED);
        assertThat(again.snapshot().saveDirectory()).isEqualTo(elsewhere);
        assertThat(again.snapshot().labels()).containsExactly("x", "y");
        assertThat(again.snapshot().options().get(TorrentOptions.SEQUENTIAL)).isTrue();
        assertThat(done(again.files()).get(0).priority()).isEqualTo(Priority.SKIP);
        assertThat(done(again.files()).get(1).priority()).isEqualTo(Priority.HIGH);
        assertThat(done(again.trackers()).getFirst().url()).contains("127.0.0.1:1");
    }

    @Test
    void doesACheckThatWasInterruptedFromTheStart() throws Exception {
        complete();
        Torrent torrent = restart();
        Waiting.state(torrent, TorrentState.SEEDING);
        var _ = torrent.recheck();
        done(torrent.stop());
        Waiting.state(torrent, TorrentState.STOPPED);
        done(torrent.start());
        Waiting.state(torrent, TorrentState.SEEDING);
        done(torrent.setLabels(List.of("x"))); // so that the end has something to store
        var _ = torrent.recheck();
        machine.stop();
        Waiting.state(restart(), TorrentState.SEEDING);
    }

    @Test
    void remembersWhenItLastMovedAndWhenItWasChanged() throws Exception {
        seed();
        Torrent first = half();
        done(first.setLabels(List.of("x")));
        done(first.stop());
        Waiting.state(first, TorrentState.STOPPED);
        TorrentSnapshot.Times before = first.snapshot().times();
        assertThat(before.active()).isNotNull();
        assertThat(before.edited()).isNotNull();
        machine.stop();
        TorrentSnapshot.Times after = restart().snapshot().times();
        assertThat(after.active()).isEqualTo(before.active().truncatedTo(ChronoUnit.MILLIS));
        assertThat(after.edited()).isEqualTo(before.edited().truncatedTo(ChronoUnit.MILLIS));
        assertThat(after.added()).isEqualTo(before.added().truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void keepsAMagnetLinkAndLaterItsMetadata() throws Exception {
        seed();
        machine.start(Machine.settings(here), state);
        machine.add(AddTorrent.link(Magnet.of(payload.metainfo().infoHash())));
        machine.stop();
        Torrent again = restart();
        Waiting.state(again, TorrentState.METADATA);
        done(again.addPeer(address(seeder)));
        Waiting.state(again, TorrentState.SEEDING);
        machine.stop();
        Torrent third = restart();
        assertThat(third.metainfo()).isPresent();
        Waiting.state(third, TorrentState.SEEDING);
    }

    /** A link may name one hash of a hybrid; the metadata tells the other. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHybridIsFoundByBothHashes(boolean byV2) throws Exception {
        Payload hybrid =
                new Payload("both", 16_384, TorrentVersion.HYBRID, 24)
                        .with(50_000, "a")
                        .with(50_000, "b");
        hybrid.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(hybrid.request()), TorrentState.SEEDING);
        InfoHash both = hybrid.metainfo().infoHash();
        InfoHash v1 = InfoHash.ofV1(both.v1().orElseThrow());
        InfoHash v2 = InfoHash.ofV2(both.v2().orElseThrow());
        InfoHash given = byV2 ? v2 : v1;
        InfoHash other = byV2 ? v1 : v2;

        machine.start(Machine.settings(here), state);
        Torrent torrent = machine.add(AddTorrent.link(Magnet.of(given)));
        assertThat(machine.engine().torrent(other.hex())).isEmpty();
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().infoHash().hex()).as("its id stays").isEqualTo(given.hex());
        assertFound(torrent, List.of(v1, v2, both));
        machine.stop();
        Torrent again = restart();
        assertFound(again, List.of(v1, v2, both));
        done(machine.engine().remove(again, false));
        for (InfoHash hash : List.of(v1, v2, both)) {
            assertThat(machine.engine().torrent(hash)).as("removed").isEmpty();
        }
        assertThat(done(machine.engine().add(AddTorrent.link(Magnet.of(other)))).duplicate())
                .isFalse();
    }

    private void assertFound(Torrent torrent, List<InfoHash> hashes) throws Exception {
        for (InfoHash hash : hashes) {
            assertThat(machine.engine().torrent(hash)).contains(torrent);
            assertThat(machine.engine().torrent(hash.hex())).contains(torrent);
            assertThat(done(machine.engine().add(AddTorrent.link(Magnet.of(hash)))))
                    .isEqualTo(new Engine.Added(torrent, true));
        }
    }

    @Test
    void showsTheWebSeedsOfAMagnetLinkBeforeItsMetadata() throws Exception {
        String url = "http://127.0.0.1:1/files/";
        String named = Magnet.of(payload.metainfo().infoHash()).format();
        Magnet magnet = Magnet.parse(named + "&ws=" + url + "&ws=nonsense");
        machine.start(Machine.settings(here), state);
        Torrent first = machine.add(AddTorrent.link(magnet));
        assertThat(first.webSeedUrls()).isEqualTo(magnet.webSeeds()).contains(url);
        assertThat(done(first.webSeeds())).containsExactly(new WebSeedSnapshot(url, false, 0));
        machine.stop();
        Torrent again = restart();
        assertThat(again.webSeedUrls()).isEqualTo(magnet.webSeeds());
        assertThat(again.metainfo()).isEmpty();
    }

    @Test
    void dialsThePeersThatAMagnetLinkNamesAfterARestartToo() throws Exception {
        seed();
        String named = Magnet.of(payload.metainfo().infoHash()).format();
        Magnet magnet = Magnet.parse(named + "&x.pe=127.0.0.1:" + address(seeder).getPort());
        machine.start(Machine.settings(here), state);
        machine.add(AddTorrent.link(magnet).starting(AddTorrent.Start.STOPPED));
        machine.stop();
        Torrent again = restart();
        done(again.start());
        Waiting.state(again, TorrentState.SEEDING);
    }

    @Test
    void forgetsWhatWasRemovedAndLeavesItsFiles() throws Exception {
        complete();
        Torrent again = restart();
        Waiting.state(again, TorrentState.SEEDING);
        done(machine.engine().remove(again, false));
        assertThat(payload.wrongFiles(here)).isEmpty();
        machine.stop();
        machine.start(Machine.settings(here), state);
        assertThat(machine.engine().torrents()).isEmpty();
    }

    private void seed() throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
    }

    /** Downloads about a half, slowly. */
    private Torrent half() throws Exception {
        machine.start(Machine.settings(here), state);
        Torrent torrent =
                machine.add(
                        payload.request()
                                .with(
                                        Settings.EMPTY.with(
                                                TorrentOptions.DOWNLOAD_LIMIT, 400_000L)));
        done(torrent.addPeer(address(seeder)));
        Waiting.until(() -> torrent.snapshot().progress().verifiedBytes() > BYTES / 3);
        return torrent;
    }

    private void complete() throws Exception {
        payload.write(here);
        machine.start(Machine.settings(here), state);
        Waiting.state(machine.add(payload.request()), TorrentState.SEEDING);
        machine.stop();
    }

    private Torrent restart() throws Exception {
        machine.start(Machine.settings(here), state);
        return machine.engine().torrents().getFirst();
    }

    private static Settings unlimited() {
        return Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Begins anew when a file goes away meanwhile, as temporary ones do. */
    private static Path copy(Path from, Path to) throws IOException {
        while (true) {
            try {
                copyOnce(from, to);
                return to;
            } catch (NoSuchFileException | UncheckedIOException _) {
                delete(to);
            }
        }
    }

    private static void copyOnce(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
