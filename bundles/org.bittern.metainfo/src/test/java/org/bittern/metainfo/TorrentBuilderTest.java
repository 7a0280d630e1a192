package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bittern.bencode.BString;
import org.bittern.metainfo.TorrentPlan.PlannedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The info-hashes here are those that libtorrent 2.0.8 gives to the same content. */
@Timeout(60)
class TorrentBuilderTest {
    private static final int KI16 = 16_384;

    private static PlannedFile file(int length, String... path) {
        return new PlannedFile(List.of(path), length, false);
    }

    private static List<PlannedFile> tree() {
        return List.of(
                file(1, "x"),
                file(0, "a", "empty"),
                file(65_537, "a", "b.txt"),
                file(40_000, "a-", "\u00e9"));
    }

    private static PieceHashes hash(TorrentPlan plan, int chunk) {
        PieceHasher hasher = new PieceHasher(plan);
        for (PlannedFile file : plan.files()) {
            byte[] content = Content.cyclic((int) file.length());
            for (int i = 0; i < content.length; i += chunk) {
                hasher.update(ByteBuffer.wrap(content, i, Math.min(chunk, content.length - i)));
            }
        }
        return hasher.finish();
    }

    private static Metainfo build(TorrentPlan plan) throws MetainfoException {
        return Metainfo.parse(new TorrentBuilder(plan, hash(plan, 10_000)).build());
    }

    @ParameterizedTest
    @CsvSource({
        "V1, 2518a6b3de368f6f826fe461a751d6d958f2dce3, -",
        "V2, -, 95a70a1febdffd2a261d0744dec0a686e4620c5c3127b36e8cd61db766aa20e5",
        "HYBRID, 8f6a45868383c0f37501be76cbf905037905e65d, 560f829c74be50d190c3a025675a97e0a76902d5b8779b1b5d40e254e83453bb",
    })
    void aDirectoryGetsTheInfoHashThatLibtorrentGivesIt(
            TorrentVersion version, String v1, String v2) throws MetainfoException {
        Metainfo torrent = build(TorrentPlan.ofDirectory("dir", tree(), KI16, version));
        assertThat(torrent.infoHash()).isEqualTo(expected(v1, v2));
        assertThat(torrent.singleFile()).isFalse();
        assertThat(torrent.totalLength()).isEqualTo(105_538);
    }

    @ParameterizedTest
    @CsvSource({
        "V1, d170a1d8fc071e4eea60fc2ed88d19178a6900db, -",
        "V2, -, 06e6323e6dde663593495b6785d59b32319622bbdb20a9f153c60332c6dc7ba9",
        "HYBRID, d6c85f8e80af18dce8129f8339f39054c8703a8e, 23c39c0d008baceeb517d002f90cfd7d486ea31fc672860fd0609781dd0bd607",
    })
    void aFileGetsTheInfoHashThatLibtorrentGivesIt(TorrentVersion version, String v1, String v2)
            throws MetainfoException {
        Metainfo torrent = build(TorrentPlan.ofFile("f.bin", 100_000, 2 * KI16, version));
        assertThat(torrent.infoHash()).isEqualTo(expected(v1, v2));
        assertThat(torrent.singleFile()).isTrue();
        assertThat(torrent.files().getFirst().path()).containsExactly("f.bin");
    }

    private static InfoHash expected(String v1, String v2) throws MetainfoException {
        if (v1.equals("-")) {
            return InfoHash.parse(v2);
        }
        InfoHash one = InfoHash.parse(v1);
        return v2.equals("-")
                ? one
                : InfoHash.hybrid(one.v1().orElseThrow(), InfoHash.parse(v2).v2().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16_384, 16_385, 1_000_000})
    void hashesDoNotDependOnHowTheContentIsCut(int chunk) throws MetainfoException {
        TorrentPlan plan = TorrentPlan.ofDirectory("dir", tree(), 2 * KI16, TorrentVersion.HYBRID);
        assertThat(hash(plan, chunk)).isEqualTo(hash(plan, 4096));
    }

    @Test
    void oneBufferMayHoldManyFiles() throws MetainfoException {
        TorrentPlan plan =
                TorrentPlan.ofDirectory(
                        "d",
                        List.of(file(3, "a"), file(0, "b"), file(4, "c")),
                        KI16,
                        TorrentVersion.V1);
        PieceHasher hasher = new PieceHasher(plan);
        assertThat(hasher.remainingInFile()).isEqualTo(3);
        hasher.update(ByteBuffer.wrap(new byte[] {0, 1, 2, 0}));
        assertThat(hasher.file()).isEqualTo(2);
        assertThat(hasher.remainingInFile()).isEqualTo(3);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(hasher::finish)
                .withMessage("3 bytes of file 2 are missing");
        hasher.update(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(hasher.remainingInFile()).isZero();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> hasher.update(ByteBuffer.allocate(1)))
                .withMessageContaining("longer than the planned 7 bytes");
        assertThat(hasher.finish()).isEqualTo(hash(plan, 1));
    }

    @Test
    void writesAllThatItIsTold() throws MetainfoException {
        TorrentPlan plan =
                TorrentPlan.ofDirectory(
                        "d",
                        List.of(new PlannedFile(List.of("run"), 5, true)),
                        0,
                        TorrentVersion.HYBRID);
        byte[] bytes =
                new TorrentBuilder(plan, hash(plan, 5))
                        .trackers(
                                List.of(
                                        List.of("http://1/", "http://2/"),
                                        List.of(),
                                        List.of("udp://3:4")))
                        .webSeeds(List.of("http://w/"))
                        .nodes(List.of(new HostPort("h", 5)))
                        .comment("c")
                        .createdBy("me")
                        .creationDate(Instant.ofEpochSecond(12))
                        .source("S")
                        .isPrivate(true)
                        .build();
        Metainfo torrent = Metainfo.parse(bytes);
        assertThat(torrent.trackers())
                .containsExactly(List.of("http://1/", "http://2/"), List.of("udp://3:4"));
        assertThat(torrent.webSeeds()).containsExactly("http://w/");
        assertThat(torrent.nodes()).containsExactly(new HostPort("h", 5));
        assertThat(torrent.comment()).contains("c");
        assertThat(torrent.createdBy()).contains("me");
        assertThat(torrent.creationDate()).contains(Instant.ofEpochSecond(12));
        assertThat(torrent.source()).contains("S");
        assertThat(torrent.isPrivate()).isTrue();
        assertThat(torrent.files().getFirst().attributes().executable()).isTrue();
        assertThat(torrent.toTorrent()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void ordersFilesAsAV2TreeDoes(TorrentVersion version) throws MetainfoException {
        List<PlannedFile> files =
                List.of(file(1, "b"), file(1, "a", "c"), file(1, "a-b"), file(1, "Z"));
        Metainfo torrent = build(TorrentPlan.ofDirectory("d", files, KI16, version));
        assertThat(torrent.files().stream().filter(file -> !file.pad()).map(FileEntry::pathText))
                .containsExactly("d/Z", "d/a/c", "d/a-b", "d/b");
    }

    @Test
    void refusesHashesOfAnotherContent() throws MetainfoException {
        TorrentPlan one = TorrentPlan.ofFile("f", 40_000, KI16, TorrentVersion.HYBRID);
        TorrentPlan two = TorrentPlan.ofFile("f", 20_000, KI16, TorrentVersion.HYBRID);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new TorrentBuilder(one, hash(two, 5000)).build())
                .withMessageContaining("do not fit the plan");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\u0000"})
    void refusesNamesThatAreNoFileNames(String name) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> TorrentPlan.ofFile(name, 1, 0, TorrentVersion.V1));
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() ->
                        TorrentPlan.ofDirectory("d", List.of(file(1, name)), 0, TorrentVersion.V1));
    }

    @Test
    void refusesPlansThatCannotBeTorrents() {
        refused(List.of(file(0, "a")), 0, "1 byte at least");
        refused(List.of(), 0, "0 files");
        refused(List.of(file(1, "a"), file(2, "a")), 0, "two files have the path a");
        refused(List.of(file(1, "a"), file(2, "a", "b")), 0, "a is a file and a directory");
        refused(List.of(file(1)), 0, "path of 0 elements");
        refused(List.of(file(1, "a")), 20_000, "power of two");
        refused(List.of(file(1, "a")), 8192, "power of two");
        refused(List.of(new PlannedFile(List.of("a"), -1, false)), 0, "file of -1 bytes");
        refused(
                List.of(new PlannedFile(List.of("a"), 1L << 40, false)),
                KI16,
                "choose a longer piece");
    }

    private static void refused(List<PlannedFile> files, int pieceLength, String message) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(
                        () -> TorrentPlan.ofDirectory("d", files, pieceLength, TorrentVersion.V2))
                .withMessageContaining(message);
    }

    @Test
    void choosesPieceLengthsBySize() throws MetainfoException {
        assertThat(TorrentPlan.autoPieceLength(1, 1)).isEqualTo(KI16);
        assertThat(TorrentPlan.autoPieceLength(1L << 30, 1)).isEqualTo(1 << 20);
        assertThat(TorrentPlan.autoPieceLength(1L << 40, 1)).isEqualTo(1 << 24);
        assertThat(TorrentPlan.autoPieceLength(MetainfoLimits.MAX_TOTAL_LENGTH, 1))
                .isEqualTo(1 << 27);
        // some 312,000 hashes of v2 have room in a torrent file, or 499,000 of v1
        assertThat(TorrentPlan.ofFile("f", 1L << 44, 0, TorrentVersion.V1).pieceLength())
                .isEqualTo(1 << 26);
        assertThat(TorrentPlan.ofFile("f", 1L << 44, 0, TorrentVersion.V2).pieceLength())
                .isEqualTo(1 << 26);
        assertThat(TorrentPlan.ofFile("f", 1L << 44, 0, TorrentVersion.HYBRID).pieceLength())
                .isEqualTo(1 << 27);
    }

    @ParameterizedTest
    @CsvSource({"V1, 499_000", "V2, 312_000", "HYBRID, 192_000"})
    void refusesAPlanWhoseTorrentFileNobodyCouldRead(TorrentVersion version, String most)
            throws MetainfoException {
        long pieces = Long.parseLong(most.replace("_", ""));
        assertThat(TorrentPlan.ofFile("f", (pieces - 1_000) * KI16, KI16, version).pieceLength())
                .isEqualTo(KI16);
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> TorrentPlan.ofFile("f", (pieces + 1_000) * KI16, KI16, version))
                .withMessageContaining("choose a longer piece or fewer files");
    }

    @ParameterizedTest
    @EnumSource
    void knowsHowLongATorrentFileWillBe(TorrentVersion version) throws MetainfoException {
        for (TorrentPlan plan :
                List.of(
                        TorrentPlan.ofDirectory("dir", tree(), KI16, version),
                        TorrentPlan.ofFile("f", 70_000, KI16, version))) {
            byte[] torrent = build(plan).toTorrent();
            assertThat(TorrentSize.atMost(plan))
                    .isBetween(torrent.length + 16_000L, torrent.length + 16_384L);
        }
    }

    @Test
    void hashesOfPiecesAreThoseOfTheContent() throws MetainfoException {
        Metainfo torrent =
                build(TorrentPlan.ofDirectory("dir", tree(), KI16, TorrentVersion.HYBRID));
        FileEntry big =
                torrent.files().stream()
                        .filter(file -> file.fileName().equals("b.txt"))
                        .findFirst()
                        .orElseThrow();
        byte[] piece = Arrays.copyOf(Content.cyclic(65_537), KI16);
        int first = torrent.pieces().firstPiece(big.index());
        assertThat(torrent.pieceHash(first)).isEqualTo(Digests.sha1().digest(piece));
        assertThat(torrent.v2PieceHash(first)).hasValue(Digests.sha256().digest(piece));
        int last = torrent.pieces().lastPiece(big.index());
        assertThat(torrent.v2PieceHash(last))
                .hasValue(Digests.sha256().digest(new byte[] {(byte) (65_536 % 251)}));
        FileEntry small = torrent.files().getLast();
        assertThat(small.pad()).isTrue();
        int x = torrent.pieces().firstPiece(torrent.files().size() - 2);
        assertThat(torrent.v2PieceHash(x)).hasValue(Digests.sha256().digest(new byte[1]));
    }

    @Test
    void pieceLayersMayComeLater() throws MetainfoException {
        Metainfo torrent = build(TorrentPlan.ofDirectory("dir", tree(), KI16, TorrentVersion.V2));
        byte[] raw = new byte[torrent.rawInfo().remaining()];
        torrent.rawInfo().get(raw);
        Metainfo bare = Metainfo.parseInfo(raw);
        assertThat(bare.infoHash()).isEqualTo(torrent.infoHash());
        assertThat(bare.missingPieceLayers())
                .hasSize(2)
                .containsAll(torrent.pieceLayers().keySet());
        int first = bare.pieces().firstPiece(1);
        assertThat(bare.v2PieceHash(first)).isEmpty();
        Metainfo full = bare.withPieceLayers(torrent.pieceLayers());
        assertThat(full.missingPieceLayers()).isEmpty();
        assertThat(full.v2PieceHash(first)).isPresent();
        assertThat(Metainfo.parse(full.toTorrent()).pieceLayers()).isEqualTo(torrent.pieceLayers());
        assertThat(Metainfo.parse(bare.toTorrent()).missingPieceLayers()).hasSize(2);
    }

    @Test
    void refusesPieceLayersThatAreWrong() throws MetainfoException {
        Metainfo torrent = build(TorrentPlan.ofDirectory("dir", tree(), KI16, TorrentVersion.V2));
        Map.Entry<BString, BString> layer = torrent.pieceLayers().entrySet().iterator().next();
        byte[] wrong = layer.getValue().bytes();
        wrong[0] ^= 1;
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(
                        () -> torrent.withPieceLayers(Map.of(layer.getKey(), new BString(wrong))))
                .withMessageContaining("does not hash to it");
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> torrent.withPieceLayers(Map.of(layer.getKey(), BString.EMPTY)))
                .withMessageContaining("piece layer of 0 bytes");
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() ->
                        torrent.withPieceLayers(
                                Map.of(new BString(new byte[32]), layer.getValue())))
                .withMessageContaining("no file's root");
    }
}
