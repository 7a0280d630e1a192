package org.bittern.bencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BValuesTest {
    private static final BDict MIXED =
            BDict.builder()
                    .put("text", "\u00e9")
                    .put("number", 7)
                    .put("bytes", new byte[] {0, -1})
                    .put("list", List.of(new BInteger(1)))
                    .put("dict", BDict.EMPTY)
                    .build();

    private static String written(BValue value) {
        return new String(BWriter.write(value), StandardCharsets.ISO_8859_1);
    }

    @Test
    void sortsKeysWhateverOrderTheyArePutIn() {
        assertThat(written(BDict.builder().put("b", 1).put("a", 2).put("", 3).build()))
                .isEqualTo("d0:i3e1:ai2e1:bi1ee");
    }

    @Test
    void aLaterEntryReplacesAnEarlierOne() {
        assertThat(written(BDict.builder().put("a", 1).put("a", "x").build()))
                .isEqualTo("d1:a1:xe");
    }

    @Test
    void looksUpByKindAndIsEmptyForAnotherKind() {
        assertThat(MIXED.text("text")).contains("\u00e9");
        assertThat(MIXED.integer("number")).hasValue(7);
        assertThat(MIXED.string("bytes").map(BString::bytes)).hasValue(new byte[] {0, -1});
        assertThat(MIXED.list("list").map(BList::size)).contains(1);
        assertThat(MIXED.dict("dict")).contains(BDict.EMPTY);
        assertThat(MIXED.get("list")).isPresent();
        assertThat(MIXED.integer("text")).isEmpty();
        assertThat(MIXED.string("number")).isEmpty();
        assertThat(MIXED.list("dict")).isEmpty();
        assertThat(MIXED.dict("list")).isEmpty();
        assertThat(MIXED.get("absent")).isEmpty();
        assertThat(MIXED.has("absent")).isFalse();
        assertThat(MIXED.keys())
                .extracting(BString::utf8)
                .containsExactly("bytes", "dict", "list", "number", "text");
    }

    @Test
    void aBuilderFromADictionaryStartsWithItsEntries() {
        assertThat(MIXED.toBuilder().build()).isEqualTo(MIXED).hasSameHashCodeAs(MIXED);
        assertThat(MIXED.toBuilder().put("number", 8).build()).isNotEqualTo(MIXED);
        assertThat(BDict.of(Map.of("a", new BInteger(1))))
                .isEqualTo(BDict.builder().put("a", 1).build());
    }

    @Test
    void writesToBuffersAndStreamsAsToArrays() throws IOException {
        byte[] expected = BWriter.write(MIXED);
        ByteBuffer buffer = ByteBuffer.allocate(expected.length);
        BWriter.write(MIXED, buffer);
        assertThat(buffer.array()).isEqualTo(expected);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        BWriter.write(MIXED, stream);
        assertThat(stream.toByteArray()).isEqualTo(expected);
    }

    @Test
    void leavesABufferThatIsTooSmallUnchanged() {
        ByteBuffer small = ByteBuffer.allocate(3);
        assertThatExceptionOfType(BufferOverflowException.class)
                .isThrownBy(() -> BWriter.write(MIXED, small));
        assertThat(small.position()).isZero();
        assertThat(small.array()).containsOnly(0);
    }

    @Test
    void writesDeepValuesWithoutRecursion() {
        BValue deep = BList.EMPTY;
        for (int i = 0; i < 200_000; i++) {
            deep = BList.of(deep);
        }
        assertThat(BWriter.write(deep)).hasSize(400_002);
    }

    @Test
    void stringsCopyWhatTheyAreGivenAndWhatTheyGive() {
        byte[] bytes = {1, 2, 3};
        BString string = new BString(bytes);
        bytes[0] = 9;
        string.bytes()[1] = 9;
        assertThat(string.bytes()).containsExactly(1, 2, 3);
        assertThat(string.buffer().isReadOnly()).isTrue();
        assertThat(string.byteAt(2)).isEqualTo((byte) 3);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> string.byteAt(3));
    }

    @Test
    void stringsAreReadAsTextWithOrWithoutTolerance() {
        BString malformed = new BString(new byte[] {'a', -1});
        assertThat(malformed.utf8()).isEqualTo("a\ufffd");
        assertThat(malformed.strictUtf8()).isEmpty();
        assertThat(BString.of("\u00e9").strictUtf8()).contains("\u00e9");
        assertThat(BString.of("key").is("key")).isTrue();
        assertThat(BString.of("key").is("kez")).isFalse();
    }

    @Test
    void listsCopyWhatTheyAreGiven() {
        List<BValue> values = new ArrayList<>(List.of(new BInteger(1)));
        BList list = new BList(values);
        values.clear();
        assertThat(list).containsExactly(new BInteger(1));
    }

    @Test
    void smallIntegersAreShared() {
        assertThat(BInteger.of(5)).isSameAs(BInteger.of(5)).isEqualTo(new BInteger(5));
        assertThat(BInteger.of(Long.MIN_VALUE).value()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void textForMessagesIsShortAndPrintable() {
        assertThat(BString.of("name")).hasToString("\"name\"");
        assertThat(new BString(new byte[] {0, 10})).hasToString("0x000a");
        assertThat(BString.of("x".repeat(100)).toString())
                .hasSizeLessThan(100)
                .endsWith("(100 bytes)");
        assertThat(BList.of(BList.EMPTY)).hasToString("list of 1");
        assertThat(
                        BDict.EMPTY.kind()
                                + new BInteger(1).kind()
                                + BString.EMPTY.kind()
                                + BList.EMPTY.kind())
                .isEqualTo("dictionaryintegerstringlist");
    }
}
