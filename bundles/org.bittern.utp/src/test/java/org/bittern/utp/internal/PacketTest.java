package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PacketTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void readsEveryFieldOfAHeader() {
        Packet packet = parse("41000102 0a0b0c0d 00000000 00100000 00010000");
        assertThat(packet).isNotNull();
        assertThat(packet.header())
                .isEqualTo(new Header(Header.Type.SYN, 0, 0x0102, 0x0a0b0c0d, 0, 1 << 20, 1, 0));
        assertThat(packet.sackBits()).isZero();
        assertThat(packet.payload().remaining()).isZero();
    }

    @Test
    void writesTheFirstBytesOfAllTypes() {
        byte[] first = new byte[5];
        for (Header.Type type : Header.Type.values()) {
            ByteBuffer out = ByteBuffer.allocate(Header.BYTES);
            Header header = new Header(type, 0, 0xfffe, -1, -2, 77, 0xffff, 0x8000);
            header.put(out);
            first[type == Header.Type.SYN ? 4 : type.compareTo(Header.Type.DATA)] = out.get(0);
            assertThat(Header.read(out.flip())).isEqualTo(header);
        }
        assertThat(HEX.formatHex(first)).isEqualTo("0111213141");
    }

    @Test
    void readsSelectiveAcksOfWholeWordsAndOfLibtorrent() {
        Packet words = parse("21010102 00000000 00000000 00000000 00010002" + "00040500008001");
        assertThat(words).isNotNull();
        assertThat(words.sackBits()).isEqualTo(32);
        assertThat(words.sacks(0)).isTrue();
        assertThat(words.sacks(1)).isFalse();
        assertThat(words.sacks(2)).isTrue();
        assertThat(words.sacks(31)).isTrue();
        assertThat(HEX.formatHex(bytes(words.payload()))).isEqualTo("01");
        // Seen from libtorrent 2.0.8: one byte.
        Packet single = parse("21010102 00000000 00000000 00000000 00010002" + "000101");
        assertThat(single).isNotNull();
        assertThat(single.sackBits()).isEqualTo(8);
        assertThat(single.sacks(0)).isTrue();
    }

    @Test
    void skipsExtensionsThatItDoesNotKnow() {
        Packet packet =
                parse("01020102 00000000 00000000 00000000 00010002" + "0302aabb0000" + "68");
        assertThat(packet).isNotNull();
        assertThat(packet.sack()).isNull();
        assertThat(HEX.formatHex(bytes(packet.payload()))).isEqualTo("68");
    }

    @Test
    void refusesWhatIsNotUtp() {
        assertThat(parse("")).isNull();
        assertThat(parse("41000102 0a0b0c0d 00000000 00100000 000100")).as("short").isNull();
        assertThat(parse("42000102 0a0b0c0d 00000000 00100000 00010000")).as("version").isNull();
        assertThat(parse("51000102 0a0b0c0d 00000000 00100000 00010000")).as("type").isNull();
        assertThat(parse("64313a71 70696e67 00000000 00100000 00010000")).as("DHT").isNull();
        assertThat(parse("01010102 00000000 00000000 00000000 00010002"))
                .as("an extension that is not there")
                .isNull();
        assertThat(parse("01010102 00000000 00000000 00000000 00010002" + "0008aabb"))
                .as("an extension that is cut off")
                .isNull();
    }

    @Test
    void followsNoEndlessListOfExtensions() {
        ByteBuffer in = ByteBuffer.allocate(60_000);
        new Header(Header.Type.DATA, 9, 1, 0, 0, 0, 1, 1).put(in);
        while (in.remaining() > 2) {
            in.put((byte) 9).put((byte) 0);
        }
        assertThat(Packet.parse(in.flip())).isNull();
    }

    @Test
    void fillingChangesNothingButTheSize() {
        byte[] payload = Bench.bytes(1_000, 5);
        for (int size : new int[] {1_022, 1_276, 1_277, 1_278, 1_472, 8_972, 65_507}) {
            ByteBuffer out = ByteBuffer.allocate(size);
            Header header = new Header(Header.Type.DATA, Filling.KIND, 1, 2, 3, 4, 5, 6);
            assertThat(Filling.put(header, ByteBuffer.wrap(payload), out)).isTrue();
            assertThat(out.hasRemaining()).isFalse();
            Packet packet = Packet.parse(out.flip());
            assertThat(packet).isNotNull();
            assertThat(bytes(packet.payload())).isEqualTo(payload);
            if (size > 1_300) {
                assertThat(Packet.parse(out.limit(size - 1_010))).as("cut off").isNull();
            }
        }
        ByteBuffer tight = ByteBuffer.allocate(1_021);
        Header header = new Header(Header.Type.DATA, Filling.KIND, 1, 2, 3, 4, 5, 6);
        assertThat(Filling.put(header, ByteBuffer.wrap(payload), tight)).isFalse();
        assertThat(tight.position()).isZero();
    }

    @Test
    void numbersWrapAround() {
        assertThat(Seq.plus(65_535, 1)).isZero();
        assertThat(Seq.plus(0, -1)).isEqualTo(65_535);
        assertThat(Seq.distance(65_530, 5)).isEqualTo(11);
        assertThat(Seq.distance(5, 65_530)).isEqualTo(-11);
    }

    private static @Nullable Packet parse(String hex) {
        return Packet.parse(ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", ""))));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
