package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Torrents and links that somebody else has decided on; see {@link Vectors}. */
@Timeout(60)
class MetainfoVectorsTest {
    private static final String POLICY = "policy_note";
    private static final String INPUT = "input_hex"; // of our own

    /** A line of the manifest; what it does not state is empty. */
    private record Row(Map<String, String> cells) {
        String get(String column) {
            return cells.getOrDefault(column, "");
        }

        byte[] bytes() throws IOException {
            return cells.containsKey(INPUT)
                    ? HexFormat.of().parseHex(get(INPUT))
                    : Files.readAllBytes(Vectors.others().orElseThrow().resolve(get("file")));
        }
    }

    @TestFactory
    Stream<DynamicTest> agreesWithOtherParsersOnTorrents() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Row row : rows()) {
            if (row.get("kind").equals("torrent") || row.get("kind").equals("info-dict")) {
                tests.add(
                        DynamicTest.dynamicTest(
                                row.get("outcome") + " " + row.get("file"), () -> check(row)));
            }
        }
        return tests.stream();
    }

    private static void check(Row row) throws IOException, MetainfoException {
        byte[] bytes = row.bytes();
        if (!row.get(POLICY).isEmpty()) {
            decide(row, bytes);
        } else if (row.get("outcome").equals("valid")) {
            checkFacts(row, read(row, bytes));
        } else {
            assertThatExceptionOfType(MetainfoException.class).isThrownBy(() -> read(row, bytes));
        }
    }

    /**
     * What other projects chose need not be our choice, but what we accept must have the same
     * identity.
     */
    private static void decide(Row row, byte[] bytes) {
        Optional<Metainfo> metainfo;
        try {
            metainfo = Optional.of(read(row, bytes));
        } catch (MetainfoException e) {
            assertThat(e).hasMessageMatching("(?s).+");
            metainfo = Optional.empty();
        }
        metainfo.ifPresent(
                m -> assertThat(hex(m.infoHash().v1())).isEqualTo(row.get("v1_infohash")));
    }

    private static Metainfo read(Row row, byte[] bytes) throws MetainfoException {
        return Vectors.within(() ->
                row.get("kind").equals("info-dict")
                        ? Metainfo.parseInfo(bytes)
                        : Metainfo.parse(bytes));
    }

    private static void checkFacts(Row row, Metainfo metainfo) throws MetainfoException {
        List<FileEntry> files = metainfo.files();
        long pads = files.stream().filter(FileEntry::pad).count();
        Map<String, Object> facts = new HashMap<>();
        facts.put("total_size", metainfo.totalLength());
        facts.put("total_with_pads", files.stream().mapToLong(FileEntry::length).sum());
        facts.put("files", files.size() - pads);
        facts.put("pad_files", pads);
        facts.put("piece_length", metainfo.pieces().pieceLength());
        facts.put("pieces", metainfo.pieces().pieceCount());
        facts.put("v1_infohash", hex(metainfo.infoHash().v1()));
        facts.put("v2_infohash", hex(metainfo.infoHash().v2()));
        facts.put("version", !metainfo.hasV2() ? "v1" : metainfo.hasV1() ? "hybrid" : "v2");
        SoftAssertions soft = new SoftAssertions();
        facts.forEach((fact, value) ->
                soft.assertThat(value.toString()).as(fact).isEqualTo(row.get(fact)));
        if (!hasUtf8Name(row)) {
            soft.assertThat(metainfo.rawName()).as("name").isEqualTo(row.get("name"));
        }
        soft.assertThat(Metainfo.parse(metainfo.toTorrent()).infoHash())
                .isEqualTo(metainfo.infoHash());
        checkNames(soft, files);
        soft.assertAll();
    }

    /**
     * The stated name is that of the "name" entry; where there is a "name.utf-8", that is the
     * better one.
     */
    private static boolean hasUtf8Name(Row row) {
        return row.get("file").contains("utf-8");
    }

    private static void checkNames(SoftAssertions soft, List<FileEntry> files) {
        Path root = Path.of("/downloads");
        for (FileEntry file : files) {
            Path path = root;
            for (String element : file.path()) {
                Path next = path.resolve(element).normalize();
                soft.assertThat(next.getParent()).as(file.pathText()).isEqualTo(path);
                path = next;
            }
        }
        long distinct =
                files.stream().filter(file -> !file.pad()).map(FileEntry::path).distinct().count();
        soft.assertThat(distinct).isEqualTo(files.stream().filter(file -> !file.pad()).count());
    }

    @TestFactory
    Stream<DynamicTest> agreesWithOtherParsersOnPaths() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : cases("paths.json", "cases/metainfo_paths.json")) {
            byte[] bytes = HexFormat.of().parseHex(one.get(INPUT).asText());
            String outcome = one.get("outcome").asText();
            tests.add(
                    DynamicTest.dynamicTest(
                            outcome + " " + one.get("note").asText(),
                            () -> checkPaths(outcome, bytes)));
        }
        return tests.stream();
    }

    private static void checkPaths(String outcome, byte[] bytes) throws MetainfoException {
        if (outcome.equals("valid")) {
            SoftAssertions soft = new SoftAssertions();
            checkNames(soft, Metainfo.parse(bytes).files());
            soft.assertAll();
        } else {
            assertThatExceptionOfType(MetainfoException.class)
                    .isThrownBy(() -> Metainfo.parse(bytes));
        }
    }

    @TestFactory
    Stream<DynamicTest> agreesWithOtherParsersOnLinks() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : cases("links.json", "cases/magnet.json")) {
            tests.add(
                    DynamicTest.dynamicTest(
                            one.get("outcome").asText() + " " + one.get("uri").asText(),
                            () -> checkLink(one)));
        }
        return tests.stream();
    }

    private static void checkLink(JsonNode one) throws MetainfoException {
        String uri = one.get("uri").asText();
        if (one.get("outcome").asText().equals("invalid")) {
            assertThatExceptionOfType(MetainfoException.class).isThrownBy(() -> Magnet.parse(uri));
            return;
        }
        Magnet magnet = Magnet.parse(uri); // all "policy" links of the list are taken too
        Map<String, Object> facts = new HashMap<>();
        facts.put("v1", hex(magnet.infoHash().v1()));
        facts.put("v2", hex(magnet.infoHash().v2()));
        facts.put("name", magnet.name().orElse(""));
        facts.put("trackers", magnet.trackers());
        facts.put("web_seeds", magnet.webSeeds());
        facts.put("peers", magnet.peers().stream().map(HostPort::toString).toList());
        facts.put("select_only", magnet.selectOnly());
        ObjectMapper json = new ObjectMapper();
        for (Map.Entry<String, JsonNode> expected : one.get("expect").properties()) {
            JsonNode actual = json.valueToTree(facts.get(expected.getKey()));
            assertThat(actual).as(expected.getKey()).isEqualTo(expected.getValue());
        }
        assertThat(Magnet.parse(magnet.format())).isEqualTo(magnet);
    }

    private static String hex(Optional<byte[]> hash) {
        return hash.map(HexFormat.of()::formatHex).orElse("");
    }

    /** Our own cases and those of other projects. */
    private static List<JsonNode> cases(String own, String theirs) throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        Vectors.own(own).forEach(cases::add);
        assertThat(cases).hasSizeGreaterThan(10);
        Optional<Path> others = Vectors.others();
        if (others.isPresent()) {
            byte[] json = Files.readAllBytes(others.get().resolve(theirs));
            new ObjectMapper().readTree(json).forEach(cases::add);
        }
        return cases;
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (JsonNode one : Vectors.own("torrents.json")) {
            Map<String, String> row = new HashMap<>();
            one.properties().forEach(cell -> row.put(cell.getKey(), cell.getValue().asText()));
            rows.add(new Row(row));
        }
        assertThat(rows).hasSizeGreaterThan(30);
        Optional<Path> others = Vectors.others();
        if (others.isPresent()) {
            addManifest(Files.readAllLines(others.get().resolve("manifest.tsv")), rows);
        }
        return rows;
    }

    private static void addManifest(List<String> lines, List<Row> rows) {
        String[] header = lines.getFirst().split("\t", -1);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < header.length; i++) {
                row.put(header[i], i < cells.length ? cells[i] : "");
            }
            rows.add(new Row(row));
        }
    }
}
