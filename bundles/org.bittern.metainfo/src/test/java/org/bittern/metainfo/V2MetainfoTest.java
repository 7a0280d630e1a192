package org.bittern.metainfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.function.UnaryOperator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class V2MetainfoTest {
    private static final int PIECE = 16_384;
    private static final byte[] ROOT =
            new byte[] {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
                24, 25, 26, 27, 28, 29, 30, 31, 32
            };

    private static BDict leaf(UnaryOperator<BDict.Builder> change) {
        return leafOf(
                change.apply(BDict.builder().put("length", 5).put("pieces root", ROOT)).build());
    }

    private static BDict leafOf(BValue properties) {
        return BDict.builder().put("", properties).build();
    }

    private static BDict leaf() {
        return leaf(properties -> properties);
    }

    private static BDict tree(String name, BValue entry) {
        return BDict.builder().put(name, entry).build();
    }

    private static byte[] torrent(BValue tree, UnaryOperator<BDict.Builder> info, BValue layers) {
        BDict.Builder builder =
                BDict.builder()
                        .put("file tree", tree)
                        .put("meta version", 2)
                        .put("name", "n")
                        .put("piece length", PIECE);
        return BWriter.write(
                BDict.builder()
                        .put("info", info.apply(builder).build())
                        .put("piece layers", layers)
                        .build());
    }

    private static Metainfo parse(BValue tree) throws MetainfoException {
        return Metainfo.parse(torrent(tree, info -> info, BDict.EMPTY));
    }

    private static void refused(BValue tree, String message) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> parse(tree))
                .withMessageContaining(message);
    }

    private static void refusedHybrid(BValue tree, BValue files, int pieces, String message) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() ->
                        Metainfo.parse(
                                torrent(
                                        tree,
                                        info ->
                                                info.put("files", files)
                                                        .put("pieces", new byte[20 * pieces]),
                                        BDict.EMPTY)))
                .withMessageContaining(message);
    }

    private static BDict v1File(long length, String... path) {
        return BDict.builder().put("length", length).put("path", Torrent.strings(path)).build();
    }

    @Test
    void aTreeOfOneFileWithTheTorrentsNameIsThatFile() throws MetainfoException {
        Metainfo single = parse(tree("n", leaf()));
        assertThat(single.singleFile()).isTrue();
        assertThat(single.files().getFirst().pathText()).isEqualTo("n");
        assertThat(single.infoHash().hex()).hasSize(64);
        assertThat(single.files().getFirst().piecesRoot()).hasValue(ROOT);
        assertThat(single.v2PieceHash(0)).hasValue(ROOT);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> single.pieceHash(0));
        Metainfo other = parse(tree("m", leaf()));
        assertThat(other.singleFile()).isFalse();
        assertThat(other.files().getFirst().pathText()).isEqualTo("n/m");
    }

    @Test
    void eachFileStartsAPieceOfItsOwn() throws MetainfoException {
        Metainfo torrent =
                parse(
                        BDict.builder()
                                .put("a", leaf())
                                .put("b", tree("..", tree("c/d", leaf())))
                                .build());
        assertThat(torrent.pieces().pieceCount()).isEqualTo(2);
        assertThat(torrent.files().getLast().offset()).isEqualTo(PIECE);
        assertThat(torrent.files().getLast().pathText()).isEqualTo("n/b/__/c_d");
        assertThat(torrent.totalLength()).isEqualTo(10);
    }

    @Test
    void refusesTreesThatAreNone() {
        refused(BDict.EMPTY, "\"file tree\" holds no file");
        refused(tree("d", BDict.EMPTY), "\"file tree\" holds no file");
        refused(BString.EMPTY, "\"file tree\" is missing or not a dictionary");
        refused(tree("", leaf()), "empty file name");
        refused(tree("f", new BInteger(1)), "entry \"f\" is a integer, not a dictionary");
        refused(tree("f", leafOf(BString.EMPTY)), "properties of \"f\" are not a dictionary");
        refused(
                tree("f", leaf().toBuilder().put("x", leaf()).build()),
                "is a file and a directory");
        refused(tree("d", leafOf(leaf())), "has no \"length\" integer");
    }

    @Test
    void refusesFilesWithWrongProperties() {
        refused(tree("f", leaf(p -> p.put("length", -1))), "has -1 bytes");
        refused(tree("f", leaf(p -> p.put("length", 1L << 60))), "has 1152921504606846976 bytes");
        refused(tree("f", leaf(p -> p.put("length", "5"))), "has no \"length\" integer");
        refused(
                tree("f", leaf(p -> p.put("length", ((long) PIECE << 21) + 1))),
                "2097153 pieces; at most 2097152");
        refused(
                tree("f", leaf(p -> p.put("pieces root", new byte[31]))),
                "has 31 bytes, 32 are expected");
        refused(tree("f", leaf(p -> p.put("pieces root", new byte[32]))), "is all zeros");
        refused(tree("f", leaf(p -> p.put("pieces root", 7))), "has no \"pieces root\"");
        refused(tree("f", leaf(p -> p.put("attr", "p"))), "holds padding");
    }

    @Test
    void refusesDeepTrees() {
        BDict deep = leaf();
        for (int i = 0; i < 200; i++) {
            deep = tree("d", deep);
        }
        refused(deep, "nesting deeper than 100");
    }

    @Test
    void refusesAPieceLayerOfAFileThatHasNone() {
        BDict layers = BDict.builder().put(new BString(new byte[32]), BString.EMPTY).build();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parse(torrent(tree("f", leaf()), info -> info, layers)))
                .withMessageContaining("no file's root");
        BDict number = BDict.builder().put(new BString(ROOT), new BInteger(1)).build();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parse(torrent(tree("f", leaf()), info -> info, number)))
                .withMessageContaining("is a integer, not a string");
    }

    @Test
    void aLayerOfASmallFileMustBeItsRoot() throws MetainfoException {
        BDict right = BDict.builder().put(new BString(ROOT), new BString(ROOT)).build();
        assertThat(
                        Metainfo.parse(torrent(tree("f", leaf()), info -> info, right))
                                .missingPieceLayers())
                .isEmpty();
        BDict wrong = BDict.builder().put(new BString(ROOT), new BString(new byte[32])).build();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parse(torrent(tree("f", leaf()), info -> info, wrong)))
                .withMessageContaining("does not hash to it");
    }

    @Test
    void refusesTwoLengthsForOneRoot() {
        BDict tree =
                BDict.builder().put("a", leaf()).put("b", leaf(p -> p.put("length", 6))).build();
        refused(tree, "files of 5 and 6 bytes have the same root");
    }

    @Test
    void anEmptyFileNeedsNoRoot() throws MetainfoException {
        BDict tree =
                BDict.builder()
                        .put("a", leafOf(BDict.builder().put("length", 0).build()))
                        .put("b", leaf())
                        .build();
        assertThat(parse(tree).files().getFirst().piecesRoot()).isEmpty();
        assertThat(parse(tree).pieces().pieceCount()).isEqualTo(1);
    }

    @Test
    void refusesUnsortedKeysOfV2() {
        byte[] sorted =
                torrent(
                        BDict.builder().put("a", leaf()).put("b", leaf()).build(),
                        i -> i,
                        BDict.EMPTY);
        String text = new String(sorted, ISO_8859_1);
        String swapped = text.replace("1:ad0:", "1:cd0:");
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parse(swapped.getBytes(ISO_8859_1)))
                .withMessageContaining("do not ascend (BEP 52)");
    }

    @Test
    void refusesHybridsThatDescribeTwoContents() {
        BDict tree = BDict.builder().put("a", leaf()).put("b", leaf()).build();
        BDict pad = BDict.builder().put("attr", "p").put("length", PIECE - 5).build();
        refusedHybrid(
                tree, BList.of(v1File(5, "a"), pad, v1File(5, "c")), 2, "describe different files");
        refusedHybrid(
                tree, BList.of(v1File(5, "a"), pad, v1File(6, "b")), 2, "describe different files");
        refusedHybrid(
                tree, BList.of(v1File(5, "b"), pad, v1File(5, "a")), 2, "describe different files");
        refusedHybrid(tree, BList.of(v1File(5, "a")), 1, "describe different files: v1 has none");
        refusedHybrid(
                tree,
                BList.of(v1File(5, "a"), pad, v1File(5, "b"), v1File(0, "c")),
                2,
                "describe different files");
        refusedHybrid(
                tree,
                BList.of(v1File(5, "a"), v1File(5, "b")),
                1,
                "starts inside a piece, at byte 5");
    }

    @Test
    void aHybridHasTheHashesOfBoth() throws MetainfoException {
        BDict tree = BDict.builder().put("a", leaf()).put("b", leaf()).build();
        BDict pad = BDict.builder().put("attr", "p").put("length", PIECE - 5).build();
        BList files = BList.of(v1File(5, "a"), pad, v1File(5, "b"));
        Metainfo torrent =
                Metainfo.parse(
                        torrent(
                                tree,
                                info -> info.put("files", files).put("pieces", new byte[40]),
                                BDict.EMPTY));
        assertThat(torrent.infoHash().isHybrid()).isTrue();
        assertThat(torrent.pieceHash(1)).isEqualTo(new byte[20]);
        assertThat(torrent.v2PieceHash(1)).hasValue(ROOT);
        assertThat(torrent.pieces().lengthOf(0)).isEqualTo(PIECE);
        assertThat(torrent.pieces().lengthOf(1)).isEqualTo(5);
    }
}
