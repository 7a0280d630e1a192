package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FileNamesTest {
    private static final String[] NOTHING = {};

    private static List<String> paths(Torrent torrent) throws MetainfoException {
        return torrent.parse().files().stream().map(FileEntry::pathText).toList();
    }

    private static List<String> target(Torrent torrent, int file) throws MetainfoException {
        return torrent.parse().files().get(file).symlinkTarget().orElse(List.of());
    }

    @Test
    void pathsBeginWithTheTorrentsName() throws MetainfoException {
        assertThat(paths(new Torrent("d").file(1, "a", "b.txt").file(1, "..", "/etc/x")))
                .containsExactly("d/a/b.txt", "d/__/_etc_x");
    }

    @Test
    void keepsRawNamesBesideTheSafeOnes() throws MetainfoException {
        FileEntry file = new Torrent("d").file(1, "..", "a/b").parse().files().getFirst();
        assertThat(file.rawPath()).containsExactly("d", "..", "a/b");
        assertThat(file.fileName()).isEqualTo("a_b");
    }

    @Test
    void numbersFilesOfOneName() throws MetainfoException {
        assertThat(
                        paths(
                                new Torrent("d")
                                        .file(1, "f", "bar.txt")
                                        .file(1, "f", "bar.txt")
                                        .file(1, "f", "bar.1.txt")
                                        .file(1, "f", "bar.txt")))
                .containsExactly(
                        "d/f/bar.txt", "d/f/bar.1.txt", "d/f/bar.1.1.txt", "d/f/bar.2.txt");
    }

    @ParameterizedTest
    @CsvSource({"UNIX, BAR.txt, CON", "MAC, BAR.1.txt, CON", "WINDOWS, BAR.1.txt, _CON"})
    void namesFitTheMachine(NameRules rules, String second, String third) throws Exception {
        List<RawFile> files =
                Stream.of("bar.txt", "BAR.txt", "CON")
                        .map(name ->
                                new RawFile(
                                        List.of(BString.of(name)),
                                        1,
                                        "",
                                        List.of(),
                                        Optional.empty()))
                        .toList();
        PieceMap pieces = new Torrent("d").file(1, "a").file(1, "b").file(1, "c").parse().pieces();
        FileNames names =
                new FileNames(
                        BString.of("d"),
                        Texts.UTF8,
                        InfoHash.ofV1(new byte[InfoHash.V1_BYTES]),
                        rules);
        assertThat(names.layout(files, false, pieces).files().stream().map(FileEntry::fileName))
                .containsExactly("bar.txt", second, third);
    }

    @Test
    void aFileGivesWayToADirectoryOfItsName() throws MetainfoException {
        assertThat(paths(new Torrent("d").file(1, "a").file(1, "a", "b").file(1, "a.1")))
                .containsExactly("d/a.1", "d/a/b", "d/a.1.1");
    }

    @Test
    void namesThatOnlySanitisingMakesEqualAreToldApart() throws MetainfoException {
        assertThat(paths(new Torrent("d").file(1, "a/b").file(1, "a\\b").file(1, "a_b")))
                .containsExactly("d/a_b", "d/a_b.1", "d/a_b.2");
    }

    @Test
    void thousandsOfFilesOfOneNameAreNumberedQuickly() throws MetainfoException {
        Torrent torrent = new Torrent("d");
        for (int i = 0; i < 20_000; i++) {
            torrent.file(1, "same");
        }
        Set<String> seen = new HashSet<>();
        for (String path : paths(torrent)) {
            assertThat(seen.add(path)).isTrue();
        }
    }

    @Test
    void thousandsOfLongNamesThatANumberMakesEqualAreNumberedQuickly() throws MetainfoException {
        Torrent torrent = new Torrent("d");
        String shared = "x".repeat(230);
        for (int i = 0; i < 5000; i++) {
            torrent.file(0, "%s%010d".formatted(shared, i)).file(0, "%s%010d".formatted(shared, i));
        }
        byte[] bytes = torrent.file(1, "a").bytes();
        Metainfo parsed = Vectors.within(() -> Metainfo.parse(bytes));
        Set<String> seen = new HashSet<>();
        for (FileEntry file : parsed.files()) {
            assertThat(seen.add(file.pathText())).isTrue();
        }
        assertThat(parsed.files().get(9999).fileName()).isEqualTo(shared + "00000.5000");
    }

    @Test
    void refusesTargetsOfMoreElementsThanTheLimitBeforeItFollowsThem() {
        Torrent torrent = new Torrent("d").file(1, "f");
        String[] nothing = new String[20_000];
        Arrays.fill(nothing, "");
        torrent.link(nothing, "A");
        String[] hops = new String[16];
        Arrays.fill(hops, "A");
        for (int i = 0; i < 2000; i++) {
            torrent.link(hops, "B" + i);
        }
        byte[] bytes = torrent.bytes();
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Vectors.within(() -> Metainfo.parse(bytes)))
                .withMessage("file 1: \"symlink path\" of 20000 elements; at most 101 are allowed");
    }

    @Test
    void elementsOfTargetsCountAsThoseOfPaths() {
        Torrent torrent = new Torrent("d").file(1, "f");
        String[] deep = "x/".repeat(100).split("/", -1);
        for (int i = 0; i <= MetainfoLimits.MAX_PATH_ELEMENTS / deep.length; i++) {
            torrent.link(deep, "l" + i);
        }
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(torrent::parse)
                .withMessageContaining("1000000 in all, are allowed");
    }

    @Test
    void paddingNeedsNoNameOfItsOwn() throws MetainfoException {
        Metainfo torrent =
                new Torrent("d")
                        .file(1, "a")
                        .file(5, file -> file.put("attr", "p"), ".pad", "5")
                        .file(5, file -> file.put("attr", "p"), ".pad", "5")
                        .file(2, ".pad", "5")
                        .parse();
        assertThat(torrent.files().stream().map(FileEntry::pathText))
                .containsExactly("d/a", "d/.pad/5", "d/.pad/5", "d/.pad/5");
        assertThat(torrent.files().stream().map(FileEntry::pad))
                .containsExactly(false, true, true, false);
        assertThat(torrent.totalLength()).isEqualTo(3);
    }

    @Test
    void readsTheOtherAttributes() throws MetainfoException {
        FileEntry file =
                new Torrent("d").file(1, f -> f.put("attr", "xhq"), "a").parse().files().getFirst();
        assertThat(file.attributes()).isEqualTo(new FileAttributes(false, true, true, List.of()));
    }

    @Test
    void linksLeadToWhatTheTorrentHas() throws MetainfoException {
        Torrent torrent =
                new Torrent("d")
                        .file(1, "a", "/", "x")
                        .link(new String[] {"a", "/", "x"}, "to file")
                        .link(new String[] {"a"}, "to directory");
        assertThat(target(torrent, 1)).containsExactly("d", "a", "_", "x");
        assertThat(target(torrent, 2)).containsExactly("d", "a");
    }

    @Test
    void linksMayLeadThroughLinksAndFromTheirOwnDirectory() throws MetainfoException {
        Torrent torrent =
                new Torrent("d")
                        .file(1, "v", "A", "x")
                        .link(new String[] {"A"}, "v", "current")
                        .link(new String[] {"v", "current", "x"}, "x");
        assertThat(target(torrent, 1)).containsExactly("d", "v", "A");
        assertThat(target(torrent, 2)).containsExactly("d", "v", "current", "x");
    }

    @Test
    void linksThatLeadOutOrNowhereOrInCirclesAreDropped() throws MetainfoException {
        Torrent torrent =
                new Torrent("d")
                        .file(1, "a")
                        .link(new String[] {"..", "..", "etc", "passwd"}, "out")
                        .link(new String[] {"/etc/passwd"}, "absolute")
                        .link(new String[] {"missing"}, "nowhere")
                        .link(new String[] {"self"}, "self")
                        .link(new String[] {"two"}, "one")
                        .link(new String[] {"one"}, "two")
                        .link(new String[] {"loop", "loop"}, "loop")
                        .link(NOTHING, "empty")
                        .link(new String[] {""}, "blank");
        for (int i = 1; i <= 9; i++) {
            FileEntry file = torrent.parse().files().get(i);
            assertThat(file.length()).isZero();
            assertThat(file.symlinkTarget()).as(file.pathText()).isEmpty();
        }
    }

    @Test
    void aLinksTargetFollowsTheRenamingOfAFile() throws MetainfoException {
        Torrent torrent =
                new Torrent("d").file(1, "a", "b").file(1, "a").link(new String[] {"a", "b"}, "l");
        List<FileEntry> files = new ArrayList<>(torrent.parse().files());
        assertThat(files.get(1).pathText()).isEqualTo("d/a.1");
        assertThat(files.get(2).symlinkTarget()).contains(List.of("d", "a", "b"));
    }

    @Test
    void aLinkHasNoBytesWhateverLengthItStates() throws MetainfoException {
        Torrent torrent =
                new Torrent("d")
                        .file(5, "a")
                        .file(
                                7,
                                f -> f.put("attr", "l").put("symlink path", Torrent.strings("a")),
                                "l");
        assertThat(torrent.parse().totalLength()).isEqualTo(5);
    }

    @Test
    void refusesMoreDirectoriesThanTheLimit() {
        Torrent torrent = new Torrent("d");
        for (int i = 0; i <= MetainfoLimits.MAX_DIRECTORIES / 4; i++) {
            torrent.file(1, i + "a", i + "b", i + "c", i + "d", "f");
        }
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(torrent::parse)
                .withMessage("more than 200000 directories");
    }

    @Test
    void refusesMorePathElementsThanTheLimit() {
        Torrent torrent = new Torrent("d");
        String[] deep = "x/".repeat(99).split("/", -1);
        for (int i = 0; i <= MetainfoLimits.MAX_PATH_ELEMENTS / deep.length; i++) {
            torrent.file(1, deep);
        }
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(torrent::parse)
                .withMessageContaining(
                        "file 10000: path of 100 elements; 1 to 100, and 1000000 in all");
    }
}
