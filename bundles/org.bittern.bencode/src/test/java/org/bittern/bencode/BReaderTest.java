package org.bittern.bencode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BReaderTest {
    private static final BLimits SMALL = new BLimits(100, 3, 6);

    private static BValue parse(String input) throws BencodeException {
        return BReader.parse(input.getBytes(ISO_8859_1), BLimits.DEFAULT);
    }

    private static ByteBuffer buffer(String input) {
        return ByteBuffer.wrap(input.getBytes(ISO_8859_1));
    }

    @Test
    void readsEachKindOfValue() throws BencodeException {
        assertThat(parse("i-42e")).isEqualTo(new BInteger(-42));
        assertThat(parse("4:spam")).isEqualTo(BString.of("spam"));
        assertThat(parse("l4:spami0ee")).isEqualTo(BList.of(BString.of("spam"), new BInteger(0)));
        assertThat(parse("d3:cowl0:e4:spamdee"))
                .isEqualTo(
                        BDict.builder()
                                .put("cow", BList.of(BString.EMPTY))
                                .put("spam", BDict.EMPTY)
                                .build());
    }

    @Test
    void readsTheLongsAtBothEnds() throws BencodeException {
        assertThat(parse("i9223372036854775807e")).isEqualTo(new BInteger(Long.MAX_VALUE));
        assertThat(parse("i-9223372036854775808e")).isEqualTo(new BInteger(Long.MIN_VALUE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "i9223372036854775808e | does not fit 64 bits at byte 0",
                "i-9223372036854775809e | does not fit 64 bits at byte 0",
                "i00e | leading zero",
                "i-0e | minus zero",
                "ie | decimal digits and then e are expected, at byte 1",
                "i1 | input ends inside a value at byte 2",
                "i+1e | holds '+'",
                "01:a | string length with leading zero",
                "1a | a colon is expected, at byte 1",
                "3:ab | string of 3 bytes, only 2 are left, at byte 0",
                "99999999999999999999:a | string longer than",
                "d1:ae | ends after key \"a\" without its value",
                "di1e1:ae | dictionary key starts with 'i'",
                "d1:b0:1:a0:e | key \"a\" after \"b\", keys must ascend",
                "d1:a0:1:a0:e | key \"a\" twice",
                "x | one of i, l, d, 0-9 is expected, at byte 0",
                "e | one of i, l, d, 0-9 is expected",
                "i1ei2e | 3 bytes follow the value, none are allowed, at byte 3",
                "l | input ends inside a value at byte 1",
            })
    void saysWhatIsWrongAndWhere(String input, String message) {
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> parse(input))
                .withMessageContaining(message);
    }

    @Test
    void refusesEmptyInput() {
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> parse(""))
                .withMessage("input ends inside a value at byte 0")
                .satisfies(e -> assertThat(e.offset()).isZero());
    }

    @Test
    void takesUnsortedKeysOnlyWhereAskedTo() throws BencodeException {
        ByteBuffer input = buffer("d1:bi2e1:ai1e2:aai3ee");
        BValue sorted = BDict.builder().put("a", 1).put("aa", 3).put("b", 2).build();
        assertThat(BReader.parseDocument(input, BLimits.DEFAULT, KeyOrder.LENIENT).value())
                .isEqualTo(sorted);
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> BReader.parse(input, BLimits.DEFAULT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"d1:a0:1:b0:1:a0:e", "d1:b0:1:a0:1:b0:e", "d1:a0:1:a0:e"})
    void refusesTheSameKeyTwiceInAnyOrder(String input) {
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() ->
                        BReader.parseDocument(buffer(input), BLimits.DEFAULT, KeyOrder.LENIENT))
                .withMessageContaining("twice");
    }

    @Test
    void comparesKeysAsUnsignedBytes() throws BencodeException {
        assertThat(parse("d1:\u007f0:1:\u00800:e")).isInstanceOf(BDict.class);
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> parse("d1:\u00800:1:\u007f0:e"));
    }

    @Test
    void leavesWhatFollowsAPrefixAlone() throws BencodeException {
        ByteBuffer input = buffer("d5:piecei0eePAYLOAD");
        BDocument document = BReader.parsePrefix(input, BLimits.DEFAULT);
        assertThat(document.length()).isEqualTo(12);
        assertThat(document.raw()).isEqualTo(buffer("d5:piecei0ee"));
        assertThat(document.raw().isReadOnly()).isTrue();
        assertThat(input.position()).isZero();
        assertThat(document.value()).isEqualTo(BDict.builder().put("piece", 0).build());
    }

    @Test
    void readsOnlyTheRemainingBytesOfABuffer() throws BencodeException {
        ByteBuffer input = buffer("xxi7eyy").position(2).limit(5);
        assertThat(BReader.parse(input, BLimits.DEFAULT)).isEqualTo(new BInteger(7));
        assertThat(BReader.parse(input.asReadOnlyBuffer(), BLimits.DEFAULT))
                .isEqualTo(new BInteger(7));
    }

    @Test
    void givesTheRawBytesOfOuterEntriesAlsoOfUnsortedOnes() throws BencodeException {
        BDocument document =
                BReader.parseDocument(
                        buffer("d4:infod1:zi1e1:ai2ee1:al4:info1:xee"),
                        BLimits.DEFAULT,
                        KeyOrder.LENIENT);
        assertThat(document.rawEntry("info")).contains(buffer("d1:zi1e1:ai2ee"));
        assertThat(document.rawEntry("a")).contains(buffer("l4:info1:xe"));
        assertThat(document.rawEntry("z")).isEmpty();
    }

    @Test
    void tellsWhichPartsAreSorted() throws BencodeException {
        BDocument document =
                BReader.parseDocument(
                        buffer("d1:bd1:ale1:zlee1:ald1:b0:1:a0:eee"),
                        BLimits.DEFAULT,
                        KeyOrder.LENIENT);
        assertThat(document.isSorted()).isFalse();
        assertThat(document.isSorted("b")).isTrue();
        assertThat(document.isSorted("a")).isFalse();
        assertThat(document.isSorted("absent")).isFalse();
        assertThat(BReader.parsePrefix(buffer("d1:a0:e"), BLimits.DEFAULT).isSorted()).isTrue();
    }

    @Test
    void hasNoRawEntriesWhereThereIsNoDictionary() throws BencodeException {
        BDocument document =
                BReader.parseDocument(buffer("ld1:a0:ee"), BLimits.DEFAULT, KeyOrder.STRICT);
        assertThat(document.rawEntry("a")).isEmpty();
    }

    @Test
    void doesNotSeeLaterChangesOfTheInput() throws BencodeException {
        byte[] input = "4:spam".getBytes(ISO_8859_1);
        BValue value = BReader.parse(input, BLimits.DEFAULT);
        Arrays.fill(input, (byte) 'x');
        assertThat(value).isEqualTo(BString.of("spam"));
    }

    @Test
    void keepsEachLimit() throws BencodeException {
        assertThat(BReader.parse(buffer("llleee"), SMALL)).isNotNull();
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> BReader.parse(buffer("lllleeee"), SMALL))
                .withMessage("nesting deeper than 3 at byte 3");
        assertThat(BReader.parse(buffer("li1ei2ei3ei4ei5ee"), SMALL)).isNotNull();
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> BReader.parse(buffer("li1ei2ei3ei4ei5ei6ee"), SMALL))
                .withMessageContaining("more than 6 values");
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> BReader.parse(buffer("97:" + "x".repeat(98)), SMALL))
                .withMessageContaining("input of 101 bytes, at most 100 are allowed");
    }

    @Test
    void refusesLimitsThatAllowNothing() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new BLimits(0, 1, 1));
    }

    @Test
    void endsQuicklyOnTenMegabytesOfOpenLists() {
        byte[] open = new byte[10_000_000];
        Arrays.fill(open, (byte) 'l');
        assertThatExceptionOfType(BencodeException.class)
                .isThrownBy(() -> BReader.parse(open, BLimits.DEFAULT))
                .withMessageContaining("nesting deeper than 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"le", "de", "0:", "1:x", "d1:ai1ee", "li1ee", "i99999e"})
    void keepsMillionsOfSmallValuesInsideTheHeapOfTheTests(String repeated) {
        byte[] unit = repeated.getBytes(ISO_8859_1);
        byte[] wide = new byte[9_999_990 / unit.length * unit.length + 2];
        wide[0] = 'l';
        for (int i = 1; i < wide.length - 1; i++) {
            wide[i] = unit[(i - 1) % unit.length];
        }
        wide[wide.length - 1] = 'e';
        try {
            BValue value = BReader.parse(wide, BLimits.DEFAULT);
            assertThat(((BList) value).size()).isEqualTo((wide.length - 2) / unit.length);
        } catch (BencodeException e) {
            assertThat(e).hasMessageContaining("more than 3000000 values");
        }
    }
}
