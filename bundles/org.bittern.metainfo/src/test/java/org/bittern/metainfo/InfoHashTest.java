package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InfoHashTest {
    private static final byte[] SHA1 = filled(20, 0xab);
    private static final byte[] SHA256 = filled(32, 0xcd);

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void theCanonicalIdIsV1WhereThereIsOne() {
        assertThat(InfoHash.ofV1(SHA1).hex()).isEqualTo("ab".repeat(20));
        assertThat(InfoHash.hybrid(SHA1, SHA256).hex()).isEqualTo("ab".repeat(20));
        assertThat(InfoHash.ofV2(SHA256).hex()).isEqualTo("cd".repeat(32));
        assertThat(InfoHash.ofV2(SHA256).shortHex()).isEqualTo("cdcdcdcd");
        assertThat(InfoHash.ofV1(SHA1)).hasToString("ab".repeat(20));
    }

    @Test
    void onTheWireV2IsCutToTwentyBytes() {
        assertThat(InfoHash.ofV1(SHA1).wireHash()).isEqualTo(SHA1);
        assertThat(InfoHash.ofV2(SHA256).wireHash()).isEqualTo(filled(20, 0xcd));
        InfoHash hybrid = InfoHash.hybrid(SHA1, SHA256);
        assertThat(hybrid.wireHash()).isEqualTo(SHA1);
        assertThat(hybrid.wireHashes()).containsExactly(SHA1, filled(20, 0xcd));
    }

    @Test
    void readsHexInAnyCaseAndBase32() throws MetainfoException {
        assertThat(InfoHash.parse("AB".repeat(20))).isEqualTo(InfoHash.ofV1(SHA1));
        assertThat(InfoHash.parse("cD".repeat(32))).isEqualTo(InfoHash.ofV2(SHA256));
        assertThat(InfoHash.parse("mfrgg2lbMFRGG2LBMFRGG2LBMFRGG2LB").hex())
                .isEqualTo(InfoHash.parse("MFRGG2LBMFRGG2LBMFRGG2LBMFRGG2LB").hex())
                .isEqualTo("6162636961".repeat(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
                "11111111111111111111111111111111",
                "MFRGG2LBMFRGG2LBMFRGG2LBMFRGG2L\n",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u0660"
            })
    void refusesWhatIsNoHash(String text) {
        assertThatExceptionOfType(MetainfoException.class).isThrownBy(() -> InfoHash.parse(text));
    }

    @Test
    void equalsOnlyWhereBothPartsAre() {
        assertThat(InfoHash.hybrid(SHA1, SHA256))
                .isEqualTo(InfoHash.hybrid(SHA1, SHA256))
                .hasSameHashCodeAs(InfoHash.hybrid(SHA1, SHA256))
                .isNotEqualTo(InfoHash.ofV1(SHA1));
    }

    @Test
    void aLinkWithOnePartNamesTheSameTorrent() {
        InfoHash hybrid = InfoHash.hybrid(SHA1, SHA256);
        assertThat(hybrid.sameTorrent(InfoHash.ofV1(SHA1))).isTrue();
        assertThat(InfoHash.ofV2(SHA256).sameTorrent(hybrid)).isTrue();
        assertThat(InfoHash.ofV1(SHA1).sameTorrent(InfoHash.ofV2(SHA256))).isFalse();
        assertThat(hybrid.sameTorrent(InfoHash.hybrid(SHA1, filled(32, 0)))).isFalse();
    }

    @Test
    void nobodyCanChangeItFromOutside() {
        byte[] mine = SHA1.clone();
        InfoHash hash = InfoHash.ofV1(mine);
        mine[0] = 0;
        hash.wireHash()[0] = 0;
        hash.v1().orElseThrow()[0] = 0;
        assertThat(hash).isEqualTo(InfoHash.ofV1(SHA1));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> InfoHash.ofV2(SHA1));
    }
}
