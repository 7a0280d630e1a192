package org.bittern.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.History;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ForeignSessionTest {
    private static final int PIECE = 32 << 10;
    private static final String HASH = "0102030405060708090a0b0c0d0e0f1011121314";

    @TempDir Path directory;

    private static BDict file(int length, String... path) {
        return BDict.builder().put("length", length).put("path", texts(path)).build();
    }

    private static List<BValue> texts(String... texts) {
        return Arrays.stream(texts).<BValue>map(BString::of).toList();
    }

    private static List<BValue> numbers(long... numbers) {
        return Arrays.stream(numbers).<BValue>mapToObj(BInteger::of).toList();
    }

    /** Files of 40,000 and 60,000 bytes: 4 pieces. */
    private static byte[] torrent() {
        BDict info =
                BDict.builder()
                        .put("files", List.of(file(40_000, "a"), file(60_000, "d", "b")))
                        .put("name", "t")
                        .put("piece length", PIECE)
                        .put("pieces", new byte[4 * 20])
                        .build();
        return BWriter.write(BDict.builder().put("info", info).build());
    }

    private AddTorrent only() throws IOException {
        ForeignSession.Found found = ForeignSession.read(directory);
        assertThat(found.problems()).isEmpty();
        assertThat(found.torrents()).hasSize(1);
        return found.torrents().getFirst();
    }

    // ---- Transmission

    private void transmission(String name, byte[] torrent, BDict resume) throws IOException {
        Files.createDirectories(directory.resolve("torrents"));
        Files.createDirectories(directory.resolve("resume"));
        Files.write(directory.resolve("torrents/" + name), torrent);
        String stem = name.substring(0, name.lastIndexOf('.'));
        Files.write(directory.resolve("resume/" + stem + ".resume"), BWriter.write(resume));
    }

    private static BDict progress(byte[] blocks) {
        return BDict.builder().put("blocks", blocks).build();
    }

    private static BDict fullResume() {
        BDict limit =
                BDict.builder()
                        .put("speed-Bps", 50_000)
                        .put("use-global-speed-limit", 0)
                        .put("use-speed-limit", 1)
                        .build();
        BDict ratio = BDict.builder().put("ratio-limit", "1.5").put("ratio-mode", 1).build();
        BDict idle = BDict.builder().put("idle-limit", 30).put("idle-mode", 2).build();
        return BDict.builder()
                .put("added-date", 1_600_000_000)
                .put("bandwidth-priority", 1)
                .put("corrupt", 7)
                .put("destination", "/data/there")
                .put("dnd", numbers(0, 1))
                .put("done-date", 1_600_000_500)
                .put("downloaded", 1000)
                .put("downloading-time-seconds", 10)
                .put("files", texts("other/renamed", "other/d/b"))
                .put("idle-limit", idle)
                .put("labels", texts("films", "a,b"))
                .put("name", "other")
                .put("paused", 1)
                .put("priority", numbers(1, -1))
                // 7 blocks of 16 KiB: pieces 0, 1 and 3 are whole, 2 is not
                .put("progress", progress(new byte[] {(byte) 0b1111_0110}))
                .put("ratio-limit", ratio)
                .put("seeding-time-seconds", 20)
                .put("speed-limit-down", limit)
                .put("uploaded", 2000)
                .build();
    }

    @Test
    void readsAllThatTransmissionStores() throws IOException {
        transmission("t.torrent", torrent(), fullResume());
        AddTorrent request = only();
        assertThat(request.saveDirectory()).contains(Path.of("/data/there"));
        assertThat(request.start()).isEqualTo(AddTorrent.Start.STOPPED);
        assertThat(request.filePriorities()).isEqualTo(Map.of(0, Priority.HIGH, 1, Priority.SKIP));
        assertThat(request.labels()).containsExactly("films", "a b");
        assertThat(request.options().get(TorrentOptions.DOWNLOAD_LIMIT)).isEqualTo(50_000);
        assertThat(request.options().get(TorrentOptions.DOWNLOAD_LIMITED)).isTrue();
        assertThat(request.options().get(TorrentOptions.HONORS_SESSION_LIMITS)).isFalse();
        assertThat(request.options().get(TorrentOptions.BANDWIDTH_PRIORITY)).isEqualTo(1);
        assertThat(request.options().get(TorrentOptions.SEED_RATIO_MODE)).isEqualTo(LimitMode.OWN);
        assertThat(request.options().get(TorrentOptions.SEED_RATIO_LIMIT)).isEqualTo(1.5);
        assertThat(request.options().get(TorrentOptions.SEED_IDLE_MODE))
                .isEqualTo(LimitMode.UNLIMITED);
        History history = request.history().orElseThrow();
        assertThat(history.claimed().toWire()).isEqualTo(new byte[] {(byte) 0b1101_0000});
        assertThat(history.name()).contains("other");
        assertThat(history.renamed())
                .isEqualTo(Map.of(0, List.of("other", "renamed"), 1, List.of("other", "d", "b")));
        assertThat(history.counts()).isEqualTo(new History.Counts(1000, 2000, 7, 10, 20));
        assertThat(history.added()).isEqualTo(Instant.ofEpochSecond(1_600_000_000));
        assertThat(history.completed()).contains(Instant.ofEpochSecond(1_600_000_500));
    }

    @Test
    void readsCompleteAndEmptyTorrentsOfTransmission() throws IOException {
        transmission(
                "all.torrent",
                torrent(),
                BDict.builder().put("progress", progress(bytes("all"))).build());
        assertThat(only().history().orElseThrow().claimed().isComplete()).isTrue();
        transmission(
                "all.torrent",
                torrent(),
                BDict.builder()
                        .put("progress", progress(bytes("none")))
                        .put("incomplete-dir", "/data/new")
                        .build());
        History none = only().history().orElseThrow();
        assertThat(none.claimed().isEmpty()).isTrue();
        assertThat(none.lies()).contains(Path.of("/data/new"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void readsMagnetLinksOfTransmission() throws IOException {
        transmission(
                "m.magnet",
                bytes("magnet:?xt=urn:btih:" + HASH),
                BDict.builder().put("destination", "/data").build());
        AddTorrent request = only();
        assertThat(request.source()).isInstanceOf(AddTorrent.Source.Link.class);
        assertThat(request.start()).isEqualTo(AddTorrent.Start.STARTED);
        assertThat(request.saveDirectory()).contains(Path.of("/data"));
    }

    // ---- libtorrent

    private void fast(String name, BDict resume) throws IOException {
        Files.write(directory.resolve(name + ".fastresume"), BWriter.write(resume));
    }

    private static BDict fullFastResume() {
        return BDict.builder()
                .put("active_time", 30)
                .put("added_time", 1_600_000_000)
                .put("auto_managed", 0)
                .put("completed_time", 1_600_000_500)
                .put("download_rate_limit", 70_000)
                .put("file_priority", numbers(0, 7))
                .put("mapped_files", texts("t/x", "../../etc/passwd"))
                .put("paused", 0)
                .put("pieces", new byte[] {1, 0, 3, 0})
                .put("qBt-category", "linux")
                .put("qBt-name", "shown")
                .put("qBt-ratioLimit", 2500)
                .put("qBt-savePath", "/data/done")
                .put("qBt-seedingTimeLimit", -1)
                .put("qBt-tags", texts("iso", "linux"))
                .put("save_path", "/data/new")
                .put("seeding_time", 20)
                .put("sequential_download", 1)
                .put("total_downloaded", 1000)
                .put("total_uploaded", 2000)
                .put(
                        "trackers",
                        List.of(new BList(texts("http://a/announce", "http://b/announce"))))
                .put("upload_rate_limit", -1)
                .build();
    }

    @Test
    void readsAllThatQbittorrentStores() throws IOException {
        Files.write(directory.resolve(HASH + ".torrent"), torrent());
        fast(HASH, fullFastResume());
        AddTorrent request = only();
        assertThat(request.saveDirectory()).contains(Path.of("/data/done"));
        assertThat(request.start()).isEqualTo(AddTorrent.Start.STARTED);
        assertThat(request.filePriorities()).isEqualTo(Map.of(0, Priority.SKIP, 1, Priority.HIGH));
        assertThat(request.labels()).containsExactly("linux", "iso");
        assertThat(request.options().get(TorrentOptions.DOWNLOAD_LIMIT)).isEqualTo(70_000);
        assertThat(request.options().has(TorrentOptions.UPLOAD_LIMIT)).isFalse();
        assertThat(request.options().get(TorrentOptions.SEQUENTIAL)).isTrue();
        assertThat(request.options().get(TorrentOptions.SEED_RATIO_LIMIT)).isEqualTo(2.5);
        assertThat(request.options().get(TorrentOptions.SEED_TIME_MODE))
                .isEqualTo(LimitMode.UNLIMITED);
        assertThat(((AddTorrent.Source.File) request.source()).metainfo().trackers())
                .containsExactly(List.of("http://a/announce", "http://b/announce"));
        History history = request.history().orElseThrow();
        assertThat(history.lies()).contains(Path.of("/data/new"));
        assertThat(history.claimed().toWire()).isEqualTo(new byte[] {(byte) 0b1010_0000});
        assertThat(history.name()).contains("shown");
        assertThat(history.renamed().get(0)).containsExactly("t", "x");
        assertThat(history.renamed().get(1)).containsExactly("__", "__", "etc", "passwd");
        assertThat(history.counts()).isEqualTo(new History.Counts(1000, 2000, 0, 10, 20));
    }

    @Test
    void readsMetadataInTheDictionaryAndLinksWithoutAny() throws IOException {
        BDict info =
                BDict.builder()
                        .put("length", 5)
                        .put("name", "single")
                        .put("piece length", PIECE)
                        .put("pieces", new byte[20])
                        .build();
        fast("1", BDict.builder().put("info", info).put("save_path", "/data").build());
        fast(
                "2",
                BDict.builder()
                        .put("info-hash", HexFormat.of().parseHex(HASH))
                        .put("trackers", List.of(new BList(texts("http://a/x?y=1&z=2"))))
                        .build());
        List<AddTorrent> torrents = ForeignSession.read(directory).torrents();
        assertThat(((AddTorrent.Source.File) torrents.getFirst().source()).metainfo().name())
                .isEqualTo("single");
        AddTorrent.Source.Link link = (AddTorrent.Source.Link) torrents.getLast().source();
        assertThat(link.magnet().infoHash().hex()).isEqualTo(HASH);
        assertThat(link.magnet().trackerTiers()).containsExactly(List.of("http://a/x?y=1&z=2"));
    }

    @Test
    void aTorrentThatWaitsInTheQueueRuns() throws IOException {
        Files.write(directory.resolve("t.torrent"), torrent());
        fast("t", BDict.builder().put("paused", 1).put("auto_managed", 1).build());
        assertThat(only().start()).isEqualTo(AddTorrent.Start.STARTED);
        fast("t", BDict.builder().put("paused", 1).put("auto_managed", 0).build());
        assertThat(only().start()).isEqualTo(AddTorrent.Start.STOPPED);
    }

    // ---- both

    /** People type such a number for "never", and both programs take it. */
    @Test
    void aRatioBeyondOursIsUnlimitedAndEndsNothing() throws IOException {
        BDict odd = BDict.builder().put("ratio-limit", "2000000").put("ratio-mode", 1).build();
        transmission("good.torrent", torrent(), BDict.EMPTY);
        transmission("odd.torrent", torrent(), BDict.builder().put("ratio-limit", odd).build());
        ForeignSession.Found found = ForeignSession.read(directory);
        assertThat(found.problems()).isEmpty();
        assertThat(found.torrents())
                .extracting(request -> request.options().get(TorrentOptions.SEED_RATIO_MODE))
                .containsExactlyInAnyOrder(LimitMode.SESSION, LimitMode.UNLIMITED);
    }

    @Test
    void aRatioBeyondOursInAFastResumeIsUnlimitedToo() throws IOException {
        Files.write(directory.resolve("t.torrent"), torrent());
        fast("t", BDict.builder().put("qBt-ratioLimit", 9_999_999_000L).build());
        assertThat(only().options().get(TorrentOptions.SEED_RATIO_MODE))
                .isEqualTo(LimitMode.UNLIMITED);
        fast("t", BDict.builder().put("qBt-ratioLimit", 1_000_000_000L).build());
        assertThat(only().options().get(TorrentOptions.SEED_RATIO_LIMIT)).isEqualTo(1_000_000);
    }

    @Test
    void namesWhatItCannotReadAndReadsTheRest() throws IOException {
        transmission("good.torrent", torrent(), BDict.EMPTY);
        transmission("bad.torrent", bytes("not a torrent"), BDict.EMPTY);
        transmission("worse.torrent", torrent(), BDict.EMPTY);
        Files.writeString(directory.resolve("resume/worse.resume"), "i1e");
        ForeignSession.Found found = ForeignSession.read(directory);
        assertThat(found.torrents()).hasSize(1);
        assertThat(found.problems())
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("bad.torrent"))
                .anyMatch(problem -> problem.startsWith("worse.torrent"));
    }

    @Test
    void refusesADirectoryOfSomethingElse() {
        assertThatThrownBy(() -> ForeignSession.read(directory))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> ForeignSession.read(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void survivesAnyDamage() throws IOException {
        byte[] whole =
                BWriter.write(
                        BDict.builder()
                                .put("file_priority", numbers(0, 7))
                                .put("mapped_files", texts("t/x", "t/y"))
                                .put("pieces", new byte[] {1, 0, 1, 0})
                                .put("save_path", "/data")
                                .put("trackers", List.of(new BList(texts("http://a/"))))
                                .build());
        Files.write(directory.resolve("t.torrent"), torrent());
        RandomGenerator random = new SplittableRandom(19);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            Files.write(directory.resolve("t.fastresume"), damaged);
            ForeignSession.Found found = ForeignSession.read(directory);
            assertThat(found.torrents().size() + found.problems().size()).isEqualTo(1);
        }
    }

    @Test
    void anUnfinishedFileOfQbittorrentHasTheNameThatItWillHave() throws IOException {
        Files.write(directory.resolve("t.torrent"), torrent());
        fast("t", BDict.builder().put("mapped_files", texts("t/x.!qB", "t/other.!qB")).build());
        assertThat(only().history().orElseThrow().renamed().values())
                .allSatisfy(path -> assertThat(path.getLast()).doesNotContain("!qB"))
                .contains(List.of("t", "other"));
    }

    @Test
    void claimsNothingWhenThePiecesDoNotFit() throws IOException {
        Files.write(directory.resolve("t.torrent"), torrent());
        fast("t", BDict.builder().put("pieces", new byte[3]).build());
        History history = only().history().orElseThrow();
        assertThat(history.claimed().pieceCount()).isZero();
        assertThat(history.lies()).isEqualTo(Optional.empty());
    }
}
