package org.bittern.bencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Cases that somebody else has decided; see {@link Vectors}. */
@Timeout(60)
class BencodeVectorsTest {
    @TestFactory
    Stream<DynamicTest> agreesWithOtherReaders() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        Vectors.own("cases.json").forEach(cases::add);
        assertThat(cases).hasSizeGreaterThan(40);
        Optional<Path> others = Vectors.others();
        if (others.isPresent()) {
            read(others.get().resolve("cases/bencode.json")).forEach(cases::add);
        }
        return cases.stream()
                .map(one ->
                        DynamicTest.dynamicTest(
                                one.get("outcome").asText() + " " + one.get("input_hex").asText(),
                                () -> check(one)));
    }

    private static JsonNode read(Path json) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(json));
    }

    private static byte[] input(JsonNode one) {
        return HexFormat.of().parseHex(one.asText());
    }

    private static void check(JsonNode one) throws BencodeException {
        byte[] input = input(one.get("input_hex"));
        switch (one.get("outcome").asText()) {
            case "valid" -> {
                BValue value = BReader.parse(input, BLimits.DEFAULT);
                assertThat(BWriter.write(value)).isEqualTo(input);
                if (!one.get("value").isNull()) {
                    assertThat(value).isEqualTo(value(one.get("value")));
                }
            }
            case "invalid", "soft-error" ->
                    assertThatExceptionOfType(BencodeException.class)
                            .isThrownBy(() -> BReader.parse(input, BLimits.DEFAULT));
            default -> {
                try {
                    assertThat(BWriter.write(BReader.parse(input, BLimits.DEFAULT)))
                            .isEqualTo(input);
                } catch (BencodeException e) {
                    assertThat(e.offset()).isBetween(0, input.length);
                }
            }
        }
    }

    private static BValue value(JsonNode json) {
        if (json.isNumber()) {
            return new BInteger(json.asLong());
        }
        if (json.isTextual()) {
            return BString.of(json.asText());
        }
        if (json.isArray()) {
            List<BValue> values = new ArrayList<>();
            json.forEach(element -> values.add(value(element)));
            return new BList(values);
        }
        BDict.Builder dict = BDict.builder();
        json.properties().forEach(entry -> dict.put(entry.getKey(), value(entry.getValue())));
        return dict.build();
    }

    @TestFactory
    Stream<DynamicTest> readsMessagesAndRewritesThemAsTheyWere() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Vectors.own("messages.json")
                .properties()
                .forEach(one -> tests.add(rewriting(one.getKey(), input(one.getValue()))));
        assertThat(tests).hasSizeGreaterThan(3);
        for (String[] row : manifest()) {
            if (row[5].equals("dht-packet") || row[5].equals("resume")) {
                tests.add(rewriting(row[1], bytes(row)));
            }
        }
        return tests.stream();
    }

    private static DynamicTest rewriting(String name, byte[] input) {
        return DynamicTest.dynamicTest(
                name,
                () -> {
                    BValue value = Vectors.within(() -> BReader.parse(input, BLimits.DEFAULT));
                    assertThat(BWriter.write(value)).isEqualTo(input);
                });
    }

    /** Whatever is read from whichever place on. */
    @Test
    void survivesWhatIsBroken() throws IOException {
        for (JsonNode one : Vectors.own("cases.json")) {
            tryAll(input(one.get("input_hex")));
        }
        Vectors.own("messages.json").forEach(one -> tryAll(input(one)));
        for (String[] row : manifest()) {
            if (row[5].equals("fuzz")) {
                byte[] input = bytes(row);
                String text = new String(input, StandardCharsets.ISO_8859_1);
                int quote = text.indexOf('"');
                if (quote >= 0) {
                    tryAll(text.substring(quote + 1).getBytes(StandardCharsets.ISO_8859_1));
                }
                tryAll(input);
            }
        }
    }

    private static void tryAll(byte[] input) {
        for (int from = 0; from < input.length; from++) {
            ByteBuffer rest = ByteBuffer.wrap(input, from, input.length - from);
            try {
                var prefix =
                        Vectors.within(
                                () -> BReader.parsePrefix(rest, BLimits.DEFAULT, KeyOrder.LENIENT));
                assertThat(prefix.length()).isPositive();
            } catch (BencodeException e) {
                assertThat(e.offset()).isBetween(0, rest.remaining());
            }
        }
    }

    /** What other projects have, a line each; nothing where that is not at hand. */
    private static List<String[]> manifest() throws IOException {
        Optional<Path> others = Vectors.others();
        return others.isEmpty()
                ? List.of()
                : Files.readAllLines(others.get().resolve("manifest.tsv")).stream()
                        .skip(1)
                        .map(line -> line.split("\t", -1))
                        .toList();
    }

    private static byte[] bytes(String[] row) throws IOException {
        return Files.readAllBytes(Vectors.others().orElseThrow().resolve(row[1]));
    }
}
