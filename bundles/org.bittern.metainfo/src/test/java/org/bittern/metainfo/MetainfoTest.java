package org.bittern.metainfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MetainfoTest {
    private static final String SINGLE =
            "d4:infod6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:01234567890123456789ee";

    private static Metainfo parse(String torrent) throws MetainfoException {
        return Metainfo.parse(torrent.getBytes(ISO_8859_1));
    }

    private static void refused(Torrent torrent, String message) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(torrent::parse)
                .withMessageContaining(message);
    }

    @Test
    void readsATorrentOfOneFile() throws MetainfoException {
        Metainfo torrent = parse(SINGLE);
        assertThat(torrent.name()).isEqualTo("a");
        assertThat(torrent.singleFile()).isTrue();
        assertThat(torrent.hasV1()).isTrue();
        assertThat(torrent.hasV2()).isFalse();
        assertThat(torrent.totalLength()).isEqualTo(5);
        assertThat(torrent.files()).hasSize(1);
        assertThat(torrent.files().getFirst().path()).containsExactly("a");
        assertThat(torrent.pieceHash(0)).isEqualTo("01234567890123456789".getBytes(ISO_8859_1));
        assertThat(torrent.v2PieceHash(0)).isEmpty();
        assertThat(torrent.isPrivate()).isFalse();
        assertThat(torrent.trackers()).isEmpty();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> torrent.pieceHash(1));
    }

    @Test
    void readsWhatStandsBesideTheInfoDictionary() throws MetainfoException {
        Metainfo torrent =
                new Torrent("dir")
                        .file(5, "x")
                        .info("private", new BInteger(1))
                        .info("source", BString.of("S"))
                        .outer("announce", "http://ignored/")
                        .outer(
                                "announce-list",
                                BList.of(
                                        Torrent.strings("http://1/", "http://2/", "http://1/"),
                                        Torrent.strings("", " "),
                                        BString.of("udp://3:1"),
                                        new BInteger(4)))
                        .outer("url-list", "http://w/")
                        .outer("httpseeds", Torrent.strings("http://h/", "http://h/"))
                        .outer("comment", "c")
                        .outer("created by", "me")
                        .outer("creation date", new BInteger(1_234_567))
                        .outer(
                                "nodes",
                                BList.of(
                                        BList.of(BString.of("::1"), new BInteger(6881)),
                                        BList.of(BString.of("bad host"), new BInteger(1)),
                                        BString.EMPTY))
                        .parse();
        assertThat(torrent.trackers())
                .containsExactly(List.of("http://1/", "http://2/"), List.of("udp://3:1"));
        assertThat(torrent.webSeeds()).containsExactly("http://w/");
        assertThat(torrent.httpSeeds()).containsExactly("http://h/");
        assertThat(torrent.nodes()).containsExactly(new HostPort("::1", 6881));
        assertThat(torrent.comment()).contains("c");
        assertThat(torrent.createdBy()).contains("me");
        assertThat(torrent.creationDate()).contains(Instant.ofEpochSecond(1_234_567));
        assertThat(torrent.isPrivate()).isTrue();
        assertThat(torrent.source()).contains("S");
    }

    @Test
    void anEmptyAnnounceListLeavesTheAnnounceUrl() throws MetainfoException {
        Metainfo torrent =
                new Torrent("d")
                        .file(1, "x")
                        .outer("announce", "http://t/")
                        .outer("announce-list", BList.of(BList.EMPTY))
                        .parse();
        assertThat(torrent.trackers()).containsExactly(List.of("http://t/"));
    }

    @Test
    void theInfoHashIsOverTheRawBytesAlsoOfUnsortedOnes() throws MetainfoException {
        String sorted =
                "d6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:01234567890123456789e";
        String unsorted =
                "d4:name1:a6:lengthi5e12:piece lengthi16384e6:pieces20:01234567890123456789e";
        Metainfo one = parse("d4:info" + sorted + "e");
        Metainfo other = parse("d4:info" + unsorted + "e");
        assertThat(other.rawInfo()).isEqualTo(ByteBuffer.wrap(unsorted.getBytes(ISO_8859_1)));
        assertThat(other.infoHash()).isNotEqualTo(one.infoHash());
        assertThat(Metainfo.parse(other.toTorrent()).infoHash()).isEqualTo(other.infoHash());
        assertThat(Metainfo.parseInfo(unsorted.getBytes(ISO_8859_1)).infoHash())
                .isEqualTo(other.infoHash());
    }

    @Test
    void whatIsWrittenAgainIsReadAsTheSame() throws MetainfoException {
        byte[] bytes =
                new Torrent("dir")
                        .file(5, "x")
                        .outer("announce", "http://1/")
                        .outer(
                                "announce-list",
                                BList.of(
                                        Torrent.strings("http://1/"), Torrent.strings("http://2/")))
                        .outer("comment", "c")
                        .outer("url-list", Torrent.strings("http://w/"))
                        .outer("nodes", BList.of(BList.of(BString.of("h"), new BInteger(1))))
                        .bytes();
        assertThat(Metainfo.parse(bytes).toTorrent()).isEqualTo(bytes);
    }

    @Test
    void otherTrackersAndSeedsLeaveTheInfoHash() throws MetainfoException {
        Metainfo torrent = parse(SINGLE);
        Metainfo changed =
                torrent.withTrackers(List.of(List.of("http://n/")))
                        .withWebSeeds(List.of("http://w/"));
        assertThat(changed.infoHash()).isEqualTo(torrent.infoHash());
        Metainfo again = Metainfo.parse(changed.toTorrent());
        assertThat(again.trackers()).containsExactly(List.of("http://n/"));
        assertThat(again.webSeeds()).containsExactly("http://w/");
        assertThat(Metainfo.parse(torrent.withTrackers(List.of(List.of())).toTorrent()).trackers())
                .isEmpty();
    }

    @Test
    void bytesAfterATorrentAreIgnoredButNotAfterAnInfoDictionary() throws MetainfoException {
        assertThat(parse(SINGLE + "\n")).isNotNull();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parseInfo("de\n".getBytes(ISO_8859_1)))
                .withMessageContaining("followed by 1 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "le | torrent file is a list, not a dictionary",
                "de | no \"info\" dictionary",
                "d4:info0:e | no \"info\" dictionary",
                "d4:infodee | no \"piece length\" integer",
                "d4:infod12:piece lengthi0eee | piece length 0; 1 to 536870912 are allowed",
                "d4:infod12:piece lengthi536870913eee | piece length 536870913",
                "d4:infod12:piece lengthi1eee | no \"name\" string",
                "d4:infod4:name1:a12:piece lengthi1eee | no \"length\" integer",
                "d4:infod6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:ee | torrent of no bytes",
                "d4:infod6:lengthi-1e4:name1:a12:piece lengthi1eee | length of -1 bytes",
                "d4:infod6:lengthi9223372036854775807e4:name1:a12:piece lengthi1eee | length of 9223372036854775807",
                "d4:infod6:lengthi1e4:name1:a12:piece lengthi1eee | no \"pieces\" string",
                "d4:infod6:lengthi1e4:name1:a12:piece lengthi1e6:pieces1:xee | \"pieces\" has 1 bytes; 1 pieces take 20",
                "d4:infod6:lengthi2097153e4:name1:a12:piece lengthi1eee | 2097153 pieces; at most 2097152",
                "d4:infod5:filesi1e4:name1:a12:piece lengthi1eee | \"files\" is not a list",
                "d4:infod5:filesle4:name1:a12:piece lengthi1eee | 0 files; 1 to 250000",
                "d4:infod5:filesli1ee4:name1:a12:piece lengthi1eee | file 0 is a integer",
                "d4:infod12:meta versioni3e12:piece lengthi16384eee | meta version 3; 1 and 2 are known",
                "d4:infod12:meta versioni2e12:piece lengthi16383eee | v2 allows powers of two from 16384",
                "d4:infod12:meta versioni2e4:name1:a12:piece lengthi16384eee | \"file tree\" is missing",
            })
    void saysWhatIsWrongWithATorrent(String torrent, String message) {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> parse(torrent))
                .withMessageContaining(message);
    }

    @Test
    void refusesLengthsThatAddUpToTooMuch() {
        long half = MetainfoLimits.MAX_TOTAL_LENGTH / 2 + 1;
        BDict one = BDict.builder().put("length", half).put("path", Torrent.strings("a")).build();
        refused(
                new Torrent("d").info("files", BList.of(one, one)),
                "file 1: length of 140737488355328 bytes");
    }

    @Test
    void refusesPathsThatNameNothing() {
        refused(new Torrent("d").file(1), "file 0: path of 0 elements");
        refused(new Torrent("d").file(1, "", ""), "only empty elements");
        refused(new Torrent("d").file(1, "x/".repeat(101).split("/", -1)), "path of 102 elements");
        refused(
                new Torrent("d").file(1, file -> file.put("path", BList.of(new BInteger(1))), "x"),
                "file 0: \"path\" holds a integer");
    }

    @Test
    void prefersNamesThatAreMarkedAsUtf8() throws MetainfoException {
        Metainfo torrent =
                new Torrent("gbk")
                        .info("name.utf-8", BString.of("\u5225"))
                        .file(
                                1,
                                file -> file.put("path.utf-8", Torrent.strings("\u754c.txt")),
                                "gbk")
                        .parse();
        assertThat(torrent.name()).isEqualTo("\u5225");
        assertThat(torrent.files().getFirst().path()).containsExactly("\u5225", "\u754c.txt");
    }

    @Test
    void readsNamesInTheEncodingThatTheTorrentNames() throws MetainfoException {
        BString latin = new BString(new byte[] {'a', (byte) 0xe9});
        assertThat(
                        new Torrent("d")
                                .info("name", latin)
                                .file(1, "x")
                                .outer("encoding", "ISO-8859-1")
                                .parse()
                                .name())
                .isEqualTo("a\u00e9");
        assertThat(
                        new Torrent("d")
                                .info("name", latin)
                                .file(1, "x")
                                .outer("encoding", "no such")
                                .parse()
                                .name())
                .isEqualTo("a\ufffd");
    }

    @Test
    void aTorrentWithoutAUsableNameIsCalledByItsHash() throws MetainfoException {
        Metainfo torrent = new Torrent("..").file(1, "x").file(2, "y").parse();
        assertThat(torrent.name()).isEqualTo(torrent.infoHash().hex());
        assertThat(torrent.rawName()).isEqualTo("..");
        assertThat(torrent.files().getFirst().rawPath()).containsExactly("..", "x");
        assertThat(torrent.files().getFirst().path())
                .containsExactly(torrent.infoHash().hex(), "x");
    }

    @Test
    void whereThereIsAListOfFilesALengthBesideItMeansNothing() throws MetainfoException {
        Metainfo torrent = new Torrent("d").file(1, "x").info("length", new BInteger(7)).parse();
        assertThat(torrent.singleFile()).isFalse();
        assertThat(torrent.totalLength()).isEqualTo(1);
    }

    @Test
    void paddingMayHaveNoPath() throws MetainfoException {
        Metainfo torrent =
                new Torrent("d")
                        .file(1, "x")
                        .info(
                                "files",
                                BList.of(
                                        BDict.builder()
                                                .put("length", 1)
                                                .put("path", Torrent.strings("x"))
                                                .build(),
                                        BDict.builder().put("attr", "p").put("length", 7).build()))
                        .parse();
        assertThat(torrent.files().getLast().pathText()).isEqualTo("d/.pad/7");
        refused(
                new Torrent("d").info("files", BList.of(BDict.builder().put("length", 7).build())),
                "file 0: no \"path\" list");
    }

    @Test
    void refusesLinksWhoseTargetIsNoPath() {
        refused(
                new Torrent("d")
                        .file(1, "a")
                        .file(0, f -> f.put("attr", "l").put("symlink path", 7), "l"),
                "file 1: \"symlink path\" is a integer, not a list");
        refused(
                new Torrent("d")
                        .file(1, "a")
                        .file(
                                0,
                                f -> f.put("attr", "l").put("symlink path", BList.of(BList.EMPTY)),
                                "l"),
                "file 1: \"symlink path\" holds a list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0", "..", "/", " . "})
    void namesThatAreNoneAreReplacedByTheHash(String name) throws MetainfoException {
        Metainfo torrent = new Torrent(name).file(1, "x").parse();
        assertThat(torrent.name()).isEqualTo(torrent.infoHash().hex());
    }

    @Test
    void hugeFileListsStayInsideTheHeapOfTheTests() {
        byte[] entry =
                BWriter.write(
                        BDict.builder().put("length", 1).put("path", Torrent.strings("a")).build());
        int count = 9_999_000 / entry.length;
        ByteBuffer torrent = ByteBuffer.allocate(9_999_500);
        torrent.put("d4:infod5:filesl".getBytes(ISO_8859_1));
        for (int i = 0; i < count; i++) {
            torrent.put(entry);
        }
        torrent.put("e4:name1:d12:piece lengthi16384eee".getBytes(ISO_8859_1)).flip();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Metainfo.parse(torrent))
                .withMessageContaining("files; 1 to 250000 are allowed");
    }
}
