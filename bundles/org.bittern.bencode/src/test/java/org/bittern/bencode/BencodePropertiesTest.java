package org.bittern.bencode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BencodePropertiesTest {
    /** Built by hand: combined arbitraries of this depth have more edge cases than memory holds. */
    @Provide
    Arbitrary<BValue> values() {
        return Arbitraries.randomValue(random -> value(random, 5));
    }

    private static BValue value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 2 : 4)) {
            case 0 -> BInteger.of(random.nextLong() >> random.nextInt(64));
            case 1 -> string(random);
            case 2 -> {
                List<BValue> values = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    values.add(value(random, depth - 1));
                }
                yield new BList(values);
            }
            default -> {
                BDict.Builder dict = BDict.builder();
                for (int i = random.nextInt(5); i > 0; i--) {
                    dict.put(string(random), value(random, depth - 1));
                }
                yield dict.build();
            }
        };
    }

    private static BString string(Random random) {
        byte[] bytes = new byte[random.nextInt(4)];
        random.nextBytes(bytes);
        return new BString(bytes);
    }

    @Provide
    Arbitrary<byte[]> nearlyBencode() {
        return Arbitraries.of(
                        (byte) 'i',
                        (byte) 'l',
                        (byte) 'd',
                        (byte) 'e',
                        (byte) ':',
                        (byte) '-',
                        (byte) '0',
                        (byte) '1',
                        (byte) '2',
                        (byte) 'a')
                .array(byte[].class)
                .ofMaxSize(24);
    }

    @Property
    void readingWhatWasWrittenGivesAnEqualValue(@ForAll("values") BValue value)
            throws BencodeException {
        byte[] written = BWriter.write(value);
        BValue read = BReader.parse(written, BLimits.DEFAULT);
        assertThat(read).isEqualTo(value).hasSameHashCodeAs(value);
        assertThat(BWriter.write(read)).isEqualTo(written);
    }

    @Property
    void anyBytesGiveAValueOrABencodeException(@ForAll byte[] input) {
        read(input);
    }

    @Property(tries = 20_000)
    void whatIsAcceptedStrictlyIsCanonical(@ForAll("nearlyBencode") byte[] input) {
        read(input);
    }

    @Property
    void aChangedByteGivesAnotherValueOrABencodeException(
            @ForAll("values") BValue value, @ForAll int place, @ForAll byte replacement) {
        byte[] written = BWriter.write(value);
        written[Math.floorMod(place, written.length)] = replacement;
        read(written);
    }

    /**
     * Accepted input is what the writer would write, and any other ends in a BencodeException
     * inside the input.
     */
    private static void read(byte[] input) {
        try {
            assertThat(BWriter.write(BReader.parse(input, BLimits.DEFAULT))).isEqualTo(input);
        } catch (BencodeException e) {
            assertThat(e.offset()).isBetween(0, input.length);
        }
        try {
            BDocument document =
                    BReader.parsePrefix(ByteBuffer.wrap(input), BLimits.DEFAULT, KeyOrder.LENIENT);
            assertThat(document.length()).isBetween(1, input.length);
        } catch (BencodeException e) {
            assertThat(e.offset()).isBetween(0, input.length);
        }
    }
}
