package org.bittern.bencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Cases that other projects test, read from outside the repository; see {@link Vectors}. */
@Timeout(60)
class BencodeVectorsTest {
    @TestFactory
    Stream<DynamicTest> agreesWithOtherReaders() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(Vectors.read("cases/bencode.json"));
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : cases) {
            String hex = one.get("input_hex").asText();
            tests.add(
                    DynamicTest.dynamicTest(
                            one.get("outcome").asText() + " " + hex, () -> check(one)));
        }
        return tests.stream();
    }

    private static void check(JsonNode one) throws BencodeException {
        byte[] input = HexFormat.of().parseHex(one.get("input_hex").asText());
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
    Stream<DynamicTest> readsAndRewritesCapturedMessages() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String[] row : manifest()) {
            if (row[5].equals("dht-packet") || row[5].equals("resume")) {
                tests.add(
                        DynamicTest.dynamicTest(
                                row[1],
                                () -> {
                                    byte[] input = Vectors.read(row[1]);
                                    BValue value =
                                            Vectors.within(
                                                    () -> BReader.parse(input, BLimits.DEFAULT));
                                    assertThat(BWriter.write(value)).isEqualTo(input);
                                }));
            }
        }
        return tests.stream();
    }

    @Test
    void survivesTheCorporaOfOtherFuzzers() throws IOException {
        int inputs = 0;
        for (String[] row : manifest()) {
            if (row[5].equals("fuzz")) {
                byte[] input = Vectors.read(row[1]);
                String text = new String(input, StandardCharsets.ISO_8859_1);
                int quote = text.indexOf('"');
                if (quote >= 0) {
                    tryAll(text.substring(quote + 1).getBytes(StandardCharsets.ISO_8859_1));
                }
                tryAll(input);
                inputs++;
            }
        }
        assertThat(inputs).isPositive();
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

    private static List<String[]> manifest() throws IOException {
        return Files.readAllLines(Vectors.folder().resolve("manifest.tsv")).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
