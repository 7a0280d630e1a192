package org.bittern.lsd.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class LsdMessageTest {
    private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
    private static final String HOST = "239.192.152.143:6771";

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void writesWhatBep14Shows() {
        byte[] hash = new byte[20];
        hash[0] = 0x5a;
        String expected =
                String.join(
                        "\r\n",
                        "BT-SEARCH * HTTP/1.1",
                        "Host: 239.192.152.143:6771",
                        "Port: 6881",
                        "Infohash: 5a00000000000000000000000000000000000000",
                        "cookie: c00",
                        "",
                        "",
                        "");
        assertThat(new LsdMessage(6881, List.of(hash), "c00").encode(HOST))
                .asString()
                .isEqualTo(expected);
    }

    @Test
    void readsWhatOthersWrite() {
        String text =
                String.join(
                        "\r\n",
                        "BT-SEARCH * HTTP/1.0",
                        "host:x",
                        "INFOHASH:" + HASH,
                        "Unknown: 1",
                        "Infohash:  " + HASH + " ",
                        "port: 65535",
                        "",
                        "");
        byte[] bytes = ascii(text);
        LsdMessage message = LsdMessage.parse(bytes).orElseThrow();
        assertThat(message.port()).isEqualTo(65535);
        assertThat(message.infoHashes()).hasSize(2);
        assertThat(message.infoHashes().getFirst()).startsWith(0x01, 0x23, 0x45);
        assertThat(message.cookie()).isEmpty();
    }

    @Test
    void readsItsOwnLongestMessage() {
        List<byte[]> hashes = Collections.nCopies(LsdMessage.MAX_HASHES, new byte[20]);
        byte[] bytes = new LsdMessage(65535, hashes, "0123456789abcdef").encode(HOST);
        assertThat(bytes.length).isLessThanOrEqualTo(LsdMessage.MAX_BYTES);
        assertThat(LsdMessage.parse(bytes).orElseThrow().infoHashes()).hasSize(hashes.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "BT-SEARCH",
                "M-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: " + HASH + "\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: " + HASH + "\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: " + HASH + "\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: -1\r\nInfohash: " + HASH + "\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nInfohash: " + HASH + "\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n\r\nInfohash: " + HASH + "\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: " + HASH + "0\r\n\r\n",
                "BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: g123456789abcdef0123456789abcdef01234567\r\n\r\n",
            })
    void refusesWhatIsNone(String text) {
        assertThat(LsdMessage.parse(ascii(text))).isEmpty();
    }

    @Test
    void refusesWhatIsTooLong() {
        String message = "BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: " + HASH + "\r\nX: ";
        String padded = message + "x".repeat(LsdMessage.MAX_BYTES);
        assertThat(LsdMessage.parse(ascii(padded))).isEmpty();
    }

    @Test
    void survivesAnyBytes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] valid = new LsdMessage(1, List.of(new byte[20]), "c").encode(HOST);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = valid.clone();
            for (int changes = random.nextInt(8); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            LsdMessage.parse(bytes)
                    .ifPresent(message -> assertThat(message.port()).isBetween(1, 65535));
        }
    }
}
