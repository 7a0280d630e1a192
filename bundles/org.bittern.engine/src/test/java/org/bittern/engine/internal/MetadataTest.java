package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Metadata of links from peers of which some lie, and what follows from it (BEP 9, 27, 52). */
@Timeout(60)
class MetadataTest extends TwoMachines {
    private static final int FILES = 200;
    private static final int EXTENDED = 20;
    private static final int HASH_REQUEST = 21;
    private static final int METADATA = 3; // as a stranger numbers it

    /** More pieces of metadata than are asked of one peer at a time. */
    private static Payload manyFiles() {
        Payload payload = new Payload("many", 16_384, TorrentVersion.V1, 71);
        for (int i = 0; i < FILES; i++) {
            payload.with(1, "a".repeat(200), "b".repeat(200) + i);
        }
        return payload;
    }

    private Torrent magnet(InfoHash infoHash) throws Exception {
        String exact =
                infoHash.hasV1() ? "urn:btih:" + infoHash.hex() : "urn:btmh:1220" + infoHash.hex();
        return machine.add(AddTorrent.link(Magnet.parse("magnet:?xt=" + exact)));
    }

    @Test
    void whoNamesAnotherSizeAndRefusesKeepsNobodyOut() throws Exception {
        Payload payload = Payload.single("one.bin", 50_000, 16_384, 72);
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here));
        Torrent torrent = magnet(payload.metainfo().infoHash());
        try (Stranger stranger =
                new Stranger(address(machine), torrent.infoHash().wireHash(), 1_000_000)) {
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
            stranger.reject();
            done(torrent.addPeer(address(seeder)));
            Waiting.state(torrent, TorrentState.SEEDING);
        }
    }

    @Test
    void whoSendsNonsenseDiscreditsNobodyElse() throws Exception {
        Payload payload = manyFiles();
        Metainfo metainfo = payload.metainfo();
        seeder.start(Machine.settings(there));
        seeder.add(payload.request());
        machine.start(Machine.settings(here));
        Torrent torrent = magnet(metainfo.infoHash());
        int size = metainfo.rawInfo().remaining();
        assertThat(size).isGreaterThan(5 * 16_384);
        try (Stranger stranger =
                new Stranger(address(machine), torrent.infoHash().wireHash(), size)) {
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
            done(torrent.addPeer(address(seeder)));
            Waiting.until(() -> torrent.snapshot().progress().metadata() > 0); // the seeder's part
            stranger.lie();
            Waiting.until(() -> torrent.metainfo().isPresent());
        }
        assertThat(torrent.metainfo().orElseThrow().infoHash()).isEqualTo(metainfo.infoHash());
    }

    @Test
    void whoSendsNonsenseAndLeavesDiscreditsNobodyElse() throws Exception {
        Metainfo metainfo = manyFiles().metainfo();
        machine.start(Machine.settings(here));
        Torrent torrent = magnet(metainfo.infoHash());
        byte[] wireHash = torrent.infoHash().wireHash();
        byte[] info = bytes(metainfo.rawInfo());
        try (Stranger stranger = new Stranger(address(machine), wireHash, info.length)) {
            Waiting.until(() -> stranger.heard(EXTENDED, METADATA) > 0);
            stranger.answer(0);
            Waiting.until(() -> torrent.snapshot().progress().metadata() > 0);
        }
        Waiting.until(() -> torrent.snapshot().swarm().connected() == 0);
        try (Stranger honest = new Stranger(address(machine), wireHash, info.length)) {
            honest.tell(info);
            Waiting.until(() -> torrent.metainfo().isPresent() || honest.wasLeft());
        }
        assertThat(torrent.metainfo()).isPresent();
    }

    /** All together name 600 MiB, and the tests have 256. */
    @Test
    void aSizeThatIsOnlyNamedCostsNoMemory() throws Exception {
        machine.start(Machine.settings(here).with(EngineSettings.DOWNLOAD_QUEUE_ENABLED, false));
        List<Stranger> strangers = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            byte[] hash = new byte[20];
            hash[0] = (byte) i;
            magnet(InfoHash.ofV1(hash));
            strangers.add(new Stranger(address(machine), hash, (int) MetadataExchange.MOST_BYTES));
        }
        Waiting.until(() ->
                strangers.stream().allMatch(stranger -> stranger.heard(EXTENDED, METADATA) > 0));
        for (Stranger stranger : strangers) {
            stranger.close();
        }
    }

    /** All that is to be asked for is found at once, however many files there are. */
    @Test
    void theHashesOfThousandsOfFilesAreAskedForAtOnce() throws Exception {
        int files = 120_000;
        BDict.Builder tree = BDict.builder();
        for (int i = 0; i < files; i++) {
            byte[] root = ByteBuffer.allocate(MerkleTree.HASH).putInt(i + 1).array();
            BDict file = BDict.builder().put("length", 16_385).put("pieces root", root).build();
            tree.put("%06d".formatted(i), BDict.builder().put("", file).build());
        }
        byte[] info =
                BWriter.write(
                        BDict.builder()
                                .put("file tree", tree.build())
                                .put("meta version", 2)
                                .put("name", "photos")
                                .put("piece length", 16_384)
                                .build());
        machine.start(Machine.settings(here));
        Torrent torrent = magnet(Metainfo.parseInfo(info).infoHash());
        try (Stranger stranger =
                new Stranger(address(machine), torrent.infoHash().wireHash(), info.length)) {
            stranger.tell(info);
            Waiting.until(() -> stranger.heard(HASH_REQUEST) > 0);
        }
    }

    /** Its name stays, for callers use it; peers know it by both. */
    @Test
    void aHybridOfWhichOnlyTheV2HashWasKnownIsInBothSwarms() throws Exception {
        Payload payload = new Payload("two.bin", 16_384, TorrentVersion.HYBRID, 73).with(50_000);
        payload.write(there);
        InfoHash both = payload.metainfo().infoHash();
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here), directory.resolve("state"));
        FakeFinder dht = new FakeFinder("dht", List.of(address(seeder)));
        machine.parts.add(dht);
        InfoHash v2 = InfoHash.ofV2(both.v2().orElseThrow());
        Torrent torrent = magnet(v2);
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.infoHash()).isEqualTo(v2);
        assertThat(dht.told).contains("swarms 2");
        try (Stranger _ = new Stranger(address(machine), both.wireHash(), 0)) {
            Waiting.until(() -> torrent.snapshot().swarm().connected() > 0);
        }
        machine.stop();
        machine.start(Machine.settings(here), directory.resolve("state"));
        Torrent again = machine.engine().torrents().getFirst();
        Waiting.state(again, TorrentState.SEEDING);
        assertThat(again.infoHash()).isEqualTo(v2);
        assertThat(machine.engine().torrent(both.hex())).contains(again);
        try (Stranger _ = new Stranger(address(machine), both.wireHash(), 0)) {
            Waiting.until(() -> again.snapshot().swarm().connected() > 0);
        }
    }

    @Test
    void ofTwoLinksToOneHybridOneStopsWhenThatIsKnown() throws Exception {
        Payload payload = new Payload("two.bin", 16_384, TorrentVersion.HYBRID, 75).with(50_000);
        payload.write(there);
        InfoHash both = payload.metainfo().infoHash();
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here));
        Torrent first = magnet(InfoHash.ofV1(both.v1().orElseThrow()));
        Torrent second = magnet(InfoHash.ofV2(both.v2().orElseThrow()));
        done(second.addPeer(address(seeder)));
        Waiting.until(() -> second.snapshot().error().isPresent());
        assertThat(second.snapshot().error().orElseThrow().message())
                .contains(first.infoHash().hex());
        done(first.addPeer(address(seeder)));
        Waiting.state(first, TorrentState.SEEDING);
        done(second.start());
        assertThat(second.snapshot().error()).as("the other one is still there").isPresent();
        done(machine.engine().remove(first, false));
        done(second.start());
        Waiting.state(second, TorrentState.SEEDING);
        assertThat(second.snapshot().error()).isEmpty();
    }

    /** Only when the metadata is known can it be told that nothing must be downloaded. */
    @Test
    void aLinkFindsItsDataWhereTheyShallLieInTheEnd() throws Exception {
        Payload payload =
                new Payload("there", 16_384, TorrentVersion.V1, 78)
                        .with(50_000, "a")
                        .with(50_000, "b");
        Path incomplete = directory.resolve("incomplete");
        Torrent torrent = linkWithIncompleteDirectory(payload, incomplete);
        payload.write(here);
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().storage().directory()).isEqualTo(here);
        assertThat(torrent.snapshot().transfer().downloadedBytes()).isZero();
        assertThat(torrent.snapshot().error()).isEmpty();
        assertThat(incomplete).isEmptyDirectory();
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void aLinkGetsWhatIsMissingBesideTheDataThatItFinds() throws Exception {
        Payload payload =
                new Payload("half", 16_384, TorrentVersion.V1, 79)
                        .with(4 * 16_384, "a")
                        .with(4 * 16_384, "b");
        Path incomplete = directory.resolve("incomplete");
        Torrent torrent = linkWithIncompleteDirectory(payload, incomplete);
        payload.write(here);
        Files.delete(payload.target(here, List.of("a")));
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(torrent.snapshot().transfer().downloadedBytes()).isEqualTo(4 * 16_384);
        assertThat(incomplete).isEmptyDirectory();
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void aLinkWithoutDataBeginsInTheIncompleteDirectoryAndGoesHome() throws Exception {
        Payload payload = Payload.single("one.bin", 50_000, 16_384, 80);
        Path incomplete = directory.resolve("incomplete");
        Torrent torrent = linkWithIncompleteDirectory(payload, incomplete);
        done(torrent.pause()); // it gets its metadata and makes its files, and no more
        done(torrent.addPeer(address(seeder)));
        Waiting.until(() -> Files.exists(payload.target(incomplete, List.of())));
        done(torrent.start());
        Waiting.state(torrent, TorrentState.SEEDING);
        Waiting.until(() -> torrent.snapshot().storage().directory().equals(here));
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    /** A link that knows nobody yet; the seeder has it all. */
    private Torrent linkWithIncompleteDirectory(Payload payload, Path incomplete) throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(
                Machine.settings(here)
                        .with(EngineSettings.INCOMPLETE_DIR_ENABLED, true)
                        .with(EngineSettings.INCOMPLETE_DIR, incomplete.toString()));
        return magnet(payload.metainfo().infoHash());
    }

    @Test
    void aPrivateTorrentLeavesThoseWhomStrangersNamed() throws Exception {
        Payload payload = Payload.single("one.bin", 50_000, 16_384, 74).isPrivate();
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        machine.start(Machine.settings(here));
        FakeFinder dht = new FakeFinder("dht", List.of(address(seeder)));
        machine.parts.add(dht);
        Torrent torrent = magnet(payload.metainfo().infoHash());
        byte[] info = bytes(payload.metainfo().rawInfo());
        try (Stranger stranger =
                new Stranger(address(machine), torrent.infoHash().wireHash(), info.length)) {
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 2);
            stranger.tell(info);
            Waiting.until(() -> torrent.metainfo().isPresent());
            Waiting.until(() -> dht.told.stream().anyMatch(told -> told.startsWith("stopped")));
            Waiting.until(() -> torrent.snapshot().swarm().connected() == 1);
            assertThat(torrent.snapshot().progress().verifiedBytes()).isZero();
            stranger.ask(0);
            Waiting.until(() -> heard(stranger, METADATA, "8:msg_typei2e"));
            assertThat(heard(stranger, METADATA, "8:msg_typei1e")).isFalse();
        }
        machine.parts.add(new FakeFinder("tracker", List.of(address(seeder))));
        Waiting.state(torrent, TorrentState.SEEDING);
    }

    @Test
    void theMetadataOfAPrivateTorrentIsNotOffered() throws Exception {
        Payload open = Payload.single("open.bin", 50_000, 16_384, 76);
        Payload closed = Payload.single("closed.bin", 50_000, 16_384, 77).isPrivate();
        seeder.start(Machine.settings(there));
        for (Payload payload : List.of(open, closed)) {
            payload.write(there);
            Torrent torrent = seeder.add(payload.request());
            Waiting.state(torrent, TorrentState.SEEDING);
            try (Stranger stranger =
                    new Stranger(address(seeder), torrent.infoHash().wireHash(), 0)) {
                Waiting.until(() -> stranger.heard(EXTENDED, 0) > 0);
                for (String name : List.of("11:ut_metadata", "13:metadata_size", "6:ut_pex")) {
                    assertThat(heard(stranger, 0, name)).isEqualTo(payload == open);
                }
            }
        }
    }

    private static byte[] bytes(ByteBuffer raw) {
        byte[] all = new byte[raw.remaining()];
        raw.duplicate().get(all);
        return all;
    }

    /** Whether an extension message of that id has come that has this text. */
    private static boolean heard(Stranger stranger, int id, String text) {
        return stranger.said(EXTENDED).stream()
                .filter(payload -> payload.hasRemaining() && payload.get(0) == id)
                .anyMatch(payload ->
                        StandardCharsets.ISO_8859_1
                                .decode(payload.duplicate())
                                .toString()
                                .contains(text));
    }

    /** Its loop takes metadata in while the clerk removes it. */
    @Test
    void aLinkThatLearnsItsNameWhenItIsGoneKeepsNoOtherOut() throws Exception {
        Metainfo metainfo = Payload.single("one.bin", 50_000, 16_384, 76).metainfo();
        InfoHash infoHash = metainfo.infoHash();
        machine.start(Machine.settings(here));
        TorrentHandle gone = (TorrentHandle) magnet(infoHash);
        done(machine.engine().remove(gone, false));
        gone.resolved(infoHash, metainfo);
        Torrent again = magnet(infoHash);
        assertThat(machine.engine().torrent(infoHash.hex())).contains(again);
        assertThat(magnet(infoHash)).as("there is one already").isEqualTo(again);
        try (Stranger _ = new Stranger(address(machine), infoHash.wireHash(), 0)) {
            Waiting.until(() -> again.snapshot().swarm().connected() > 0);
        }
    }
}
