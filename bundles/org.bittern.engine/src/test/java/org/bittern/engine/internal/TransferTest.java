package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineSettings.Encryption;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TorrentView;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two engines, one has it all, the other gets it. */
@Timeout(60)
class TransferTest extends TwoMachines {
    @ParameterizedTest
    @ValueSource(ints = {1, 16_384, 16_385, 65_536, 3_000_001})
    void transfersOneFileOfAnyLength(int bytes) throws Exception {
        transfers(Payload.single("one.bin", bytes, 65_536, bytes));
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void transfersManyFilesInEachVersion(TorrentVersion version) throws Exception {
        transfers(
                new Payload("many", 32_768, version, 7)
                        .with(100_000, "a.bin")
                        .with(0, "empty")
                        .with(1, "deep", "er", "b")
                        .with(300_001, "deep", "c ü.bin")
                        .with(32_768, "z"));
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void speaksEachFormOfLink(Encryption encryption) throws Exception {
        Payload payload = Payload.single("one.bin", 500_000, 32_768, 3);
        Settings form = Settings.EMPTY.with(EngineSettings.ENCRYPTION, encryption);
        Torrent leech = transfers(payload, form, form);
        assertThat(leech.snapshot().transfer().downloadedBytes()).isEqualTo(500_000);
    }

    @Test
    void fallsBackToPlaintextWhenThePeerKnowsNoEncryption() throws Exception {
        transfers(
                Payload.single("one.bin", 500_000, 32_768, 4),
                Settings.EMPTY.with(EngineSettings.ENCRYPTION, Encryption.DISABLED),
                Settings.EMPTY.with(EngineSettings.ENCRYPTION, Encryption.PREFERRED));
    }

    @Test
    void fallsBackToEncryptionWhenThePeerInsistsOnIt() throws Exception {
        transfers(
                Payload.single("one.bin", 500_000, 32_768, 5),
                Settings.EMPTY.with(EngineSettings.ENCRYPTION, Encryption.REQUIRED),
                Settings.EMPTY.with(EngineSettings.ENCRYPTION, Encryption.TOLERATED));
    }

    @Test
    void fetchesTheMetadataOfAMagnetLink() throws Exception {
        // 2000 pieces: 40,000 bytes of hashes, so that the metadata takes several messages.
        Payload payload = Payload.single("one.bin", 2000 * 16_384, 16_384, 6);
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(AddTorrent.link(Magnet.of(payload.metainfo().infoHash())));
        assertThat(leech.snapshot().state()).isEqualTo(TorrentState.METADATA);
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(leech.metainfo()).isPresent();
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void fetchesWhatAMagnetLinkLacksInEachVersion(TorrentVersion version) throws Exception {
        Payload payload =
                new Payload("many", 16_384, version, 16)
                        .with(2_000_000, "less than a row")
                        .with(700 * 16_384 + 1, "more than a row")
                        .with(16_385, "two pieces")
                        .with(100, "small");
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(AddTorrent.link(Magnet.of(payload.metainfo().infoHash())));
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    /** What was published may be 100 ms old, in which a piece or two have come. */
    @Test
    void showsAllOfATorrentAsOfOneMoment() throws Exception {
        Payload payload = Payload.single("one.bin", 6_000_000, 16_384, 17);
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(payload.request());
        done(leech.addPeer(address(seeder)));
        TorrentView seen = done(leech.view());
        while (seen.torrent().state() != TorrentState.SEEDING) {
            assertThat(seen.torrent().progress().piecesVerified())
                    .isEqualTo(seen.pieces().cardinality());
            seen = done(leech.view());
        }
        assertThat(seen.pieces().cardinality()).isEqualTo(payload.metainfo().pieces().pieceCount());
        assertThat(seen.trackers()).isEmpty();
    }

    @Test
    void leavesOutFilesThatAreNotWanted() throws Exception {
        Payload payload =
                new Payload("some", 16_384, TorrentVersion.V1, 8)
                        .with(100_000, "a")
                        .with(100_000, "b")
                        .with(100_000, "c");
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(payload.request().priorities(Map.of(1, Priority.SKIP)));
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.FINISHED);
        assertThat(leech.snapshot().progress().fraction()).isEqualTo(1.0);
        assertThat(leech.snapshot().progress().wantedBytes()).isEqualTo(200_000);
        assertThat(payload.wrongFiles(here)).containsExactly(payload.target(here, List.of("b")));
        assertThat(payload.target(here, List.of("b"))).doesNotExist();

        done(leech.setFilePriorities(Map.of(1, Priority.NORMAL)));
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void fetchesAFileThatIsWantedOnlyAfterAStop() throws Exception {
        Payload payload =
                new Payload("some", 16_384, TorrentVersion.V1, 8)
                        .with(100_000, "a")
                        .with(100_000, "b")
                        .with(100_000, "c");
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(payload.request().priorities(Map.of(1, Priority.SKIP)));
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.FINISHED);
        done(leech.stop());
        Waiting.state(leech, TorrentState.STOPPED);
        // Its part of the pieces that it shares is in the part file; it was never made itself.
        done(leech.setFilePriorities(Map.of(1, Priority.NORMAL)));
        done(leech.start());
        Waiting.state(leech, TorrentState.DOWNLOADING);
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(leech.snapshot().transfer().downloadedBytes()).isLessThan(300_000 + 16_384);
    }

    @Test
    void asksNobodyForPadding() throws Exception {
        Payload payload =
                new Payload("padded", 131_072, TorrentVersion.HYBRID, 17)
                        .with(20_000, "a")
                        .with(20_000, "b")
                        .with(150_000, "c");
        Torrent leech = transfers(payload, Settings.EMPTY, Settings.EMPTY);
        // Of the last block with data the rest comes along.
        assertThat(leech.snapshot().transfer().downloadedBytes())
                .isBetween(190_000L, 190_000L + 3 * 16_384);
    }

    @Test
    void isFinishedWhenWhatLacksIsNotWantedAnyMore() throws Exception {
        Payload payload =
                new Payload("some", 16_384, TorrentVersion.V1, 18)
                        .with(32_768, "a")
                        .with(32_768, "b");
        payload.write(there);
        Files.delete(payload.target(there, List.of("b")));
        seeder.start(Machine.settings(there));
        Torrent seed = seeder.add(payload.request().priorities(Map.of(1, Priority.SKIP)));
        Waiting.state(seed, TorrentState.FINISHED);
        Path incomplete = directory.resolve("incomplete");
        Engine engine =
                machine.start(
                        Machine.settings(here)
                                .with(EngineSettings.INCOMPLETE_DIR_ENABLED, true)
                                .with(EngineSettings.INCOMPLETE_DIR, incomplete.toString()));
        Queue<EngineEvent> events = new ConcurrentLinkedQueue<>();
        engine.subscribe(events::add);
        Torrent leech = machine.add(payload.request());
        done(leech.addPeer(address(seeder)));
        Waiting.until(() -> leech.snapshot().progress().verifiedBytes() == 32_768);
        assertThat(payload.target(incomplete, List.of("a"))).exists();
        assertThat(events).noneMatch(EngineEvent.Finished.class::isInstance);

        done(leech.setFilePriorities(Map.of(1, Priority.SKIP)));
        Waiting.state(leech, TorrentState.FINISHED);
        Waiting.until(() -> leech.snapshot().storage().directory().equals(here));
        Waiting.until(() -> events.stream().anyMatch(EngineEvent.Finished.class::isInstance));
        assertThat(payload.wrongFiles(here)).containsExactly(payload.target(here, List.of("b")));

        done(leech.setFilePriorities(Map.of(0, Priority.SKIP))); // nothing at all is no success
        done(leech.setFilePriorities(Map.of(0, Priority.HIGH)));
        assertThat(events).filteredOn(EngineEvent.Finished.class::isInstance).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void staysWhereItCameWhenItsHomeIsGoneAndGoesThereLater(boolean asked) throws Exception {
        Payload payload = Payload.single("one.bin", 300_000, 65_536, 19);
        seed(payload, Settings.EMPTY);
        Path incomplete = directory.resolve("incomplete");
        machine.start(
                Machine.settings(here)
                        .with(EngineSettings.INCOMPLETE_DIR_ENABLED, true)
                        .with(EngineSettings.INCOMPLETE_DIR, incomplete.toString()));
        Torrent leech = machine.add(payload.request());
        Files.delete(here); // its disk is no longer mounted
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        Waiting.until(() -> leech.snapshot().error().isPresent());
        assertThat(leech.snapshot().storage().directory()).isEqualTo(incomplete);
        assertThat(payload.wrongFiles(incomplete)).isEmpty();
        assertThat(here).doesNotExist();

        if (asked) {
            done(leech.move(here, true));
        } else {
            Files.createDirectory(here);
            done(leech.stop());
            done(leech.start());
        }
        Waiting.until(() -> leech.snapshot().storage().directory().equals(here));
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(leech.snapshot().error()).isEmpty();
    }

    @Test
    void movesNoBlockWhilePausedButKeepsTheLink() throws Exception {
        Payload payload = Payload.single("one.bin", 4_000_000, 65_536, 9);
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech =
                machine.add(
                        payload.request()
                                .with(
                                        Settings.EMPTY.with(
                                                TorrentOptions.DOWNLOAD_LIMIT, 400_000L)));
        done(leech.addPeer(address(seeder)));
        Waiting.until(() -> leech.snapshot().transfer().downloadedBytes() > 300_000);
        done(leech.pause());
        assertThat(leech.snapshot().state()).isEqualTo(TorrentState.PAUSED);
        Waiting.quiet(() -> leech.snapshot().transfer().downloadedBytes());
        assertThat(done(leech.peers())).hasSize(1);
        assertThat(leech.snapshot().swarm().connected()).isEqualTo(1);

        done(leech.setOptions(Settings.EMPTY.with(TorrentOptions.DOWNLOAD_LIMIT, 0L)));
        done(leech.start());
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void keepsToALimitThatIsChangedWhileItRuns() throws Exception {
        Payload payload = Payload.single("one.bin", 8_000_000, 65_536, 10);
        Torrent seed = seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(payload.request());
        done(seed.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 500_000L)));
        long begin = System.nanoTime();
        done(leech.addPeer(address(seeder)));
        Waiting.until(() -> leech.snapshot().transfer().downloadedBytes() >= 1_500_000);
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(1_500_000 / seconds).isLessThan(800_000);
        done(seed.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 0L)));
        Waiting.state(leech, TorrentState.SEEDING);
    }

    @Test
    void connectsTwiceToNobodyAndNeverToItself() throws Exception {
        Payload payload = Payload.single("one.bin", 2_000_000, 65_536, 11);
        seed(payload, Settings.EMPTY);
        machine.start(Machine.settings(here));
        Torrent leech =
                machine.add(
                        payload.request()
                                .with(
                                        Settings.EMPTY.with(
                                                TorrentOptions.DOWNLOAD_LIMIT, 200_000L)));
        done(leech.addPeer(address(machine)));
        done(leech.addPeer(address(seeder)));
        done(leech.addPeer(address(seeder)));
        Waiting.until(() -> leech.snapshot().transfer().downloadedBytes() > 100_000);
        Waiting.until(() -> done(leech.peers()).size() == 1); // the link to itself is closed again
        List<PeerSnapshot> peers = done(leech.peers());
        assertThat(peers.getFirst().address()).isEqualTo(address(seeder));
        assertThat(peers.getFirst().client()).startsWith("Bittern");
    }

    @Test
    void getsABadPieceFromNobodyTwice() throws Exception {
        Payload payload = Payload.single("one.bin", 1_000_000, 65_536, 12);
        seed(payload, Settings.EMPTY);
        Path file = payload.target(there, List.of());
        byte[] bytes = Files.readAllBytes(file);
        bytes[200_000] ^= 1;
        Files.write(file, bytes);
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(payload.request());
        done(leech.addPeer(address(seeder)));
        Waiting.until(() -> leech.snapshot().transfer().hashFailures() == 1);
        Waiting.until(() -> leech.snapshot().swarm().connected() == 0);
        assertThat(leech.snapshot().transfer().corruptBytes()).isEqualTo(65_536);

        try (Machine other = new Machine()) {
            Path good = directory.resolve("good");
            payload.write(good);
            other.start(Machine.settings(good));
            Waiting.state(other.add(payload.request()), TorrentState.SEEDING);
            done(leech.addPeer(address(other)));
            Waiting.state(leech, TorrentState.SEEDING);
        }
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(leech.snapshot().transfer().hashFailures()).isEqualTo(1);
    }

    @Test
    void spreadsPiecesAmongThreeWhoDownload() throws Exception {
        Payload payload = Payload.single("one.bin", 3_000_000, 32_768, 13);
        Torrent seed = seed(payload, Settings.EMPTY);
        done(seed.setOptions(Settings.EMPTY.with(TorrentOptions.UPLOAD_LIMIT, 1_500_000L)));
        machine.start(Machine.settings(here));
        Torrent first = machine.add(payload.request());
        Path third = directory.resolve("third");
        try (Machine other = new Machine()) {
            other.start(Machine.settings(third));
            Torrent second = other.add(payload.request());
            done(first.addPeer(address(seeder)));
            done(second.addPeer(address(seeder)));
            done(first.addPeer(address(other)));
            Waiting.state(first, TorrentState.SEEDING);
            Waiting.state(second, TorrentState.SEEDING);
            assertThat(payload.wrongFiles(third)).isEmpty();
            assertThat(
                            first.snapshot().transfer().uploadedBytes()
                                    + second.snapshot().transfer().uploadedBytes())
                    .isPositive();
        }
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    private Torrent seed(Payload payload, Settings also) throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there).overlaid(also));
        Torrent seed = seeder.add(payload.request());
        Waiting.state(seed, TorrentState.SEEDING);
        return seed;
    }

    private void transfers(Payload payload) throws Exception {
        transfers(payload, Settings.EMPTY, Settings.EMPTY);
    }

    private Torrent transfers(Payload payload, Settings ofSeeder, Settings ofLeecher)
            throws Exception {
        Torrent seed = seed(payload, ofSeeder);
        machine.start(Machine.settings(here).overlaid(ofLeecher));
        Torrent leech = machine.add(payload.request());
        done(leech.addPeer(address(seeder)));
        Waiting.state(leech, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
        assertThat(leech.snapshot().progress().fraction()).isEqualTo(1.0);
        assertThat(leech.snapshot().transfer().hashFailures()).isZero();
        Waiting.until(() ->
                seed.snapshot().transfer().uploadedBytes()
                        >= leech.snapshot().transfer().downloadedBytes());
        return leech;
    }
}
