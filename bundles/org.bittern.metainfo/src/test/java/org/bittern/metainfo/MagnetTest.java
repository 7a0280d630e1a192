package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MagnetTest {
    private static final String V1 = "cd".repeat(20);
    private static final String V2 = "ab".repeat(32);
    private static final String LINK = "magnet:?xt=urn:btih:" + V1;

    @Test
    void readsAllThatALinkMayHold() throws MetainfoException {
        Magnet magnet =
                Magnet.parse(
                        LINK
                                + "&xt=urn:btmh:1220"
                                + V2
                                + "&dn=Two+words%20%C3%A9&tr=http%3A%2F%2Ft%2Fa%3Fx%3D1%2B2&tr.1=udp://u:1"
                                + "&ws=http://w/a+b&x.pe=1.2.3.4:5&x.pe=[::1]:6&so=4,0-2&xl=7");
        assertThat(magnet.infoHash())
                .isEqualTo(
                        InfoHash.hybrid(
                                InfoHash.parse(V1).v1().orElseThrow(),
                                InfoHash.parse(V2).v2().orElseThrow()));
        assertThat(magnet.name()).contains("Two words \u00e9");
        assertThat(magnet.trackers()).containsExactly("http://t/a?x=1+2", "udp://u:1");
        assertThat(magnet.trackerTiers())
                .containsExactly(List.of("http://t/a?x=1+2"), List.of("udp://u:1"));
        assertThat(magnet.webSeeds()).containsExactly("http://w/a+b");
        assertThat(magnet.peers())
                .containsExactly(new HostPort("1.2.3.4", 5), new HostPort("::1", 6));
        assertThat(magnet.selectOnly()).containsExactly(0, 1, 2, 4);
    }

    @Test
    void readsWhatItWrites() throws MetainfoException {
        Magnet magnet =
                new Magnet(
                        InfoHash.parse(V2),
                        Optional.of("a&b=c %\u00e9+\ud83d\ude00"),
                        List.of("http://t/announce?key=a&b"),
                        List.of("http://w/"),
                        List.of(new HostPort("::1", 6881)),
                        List.of(3, 1, 2, 9));
        assertThat(Magnet.parse(magnet.format())).isEqualTo(magnet);
        assertThat(magnet.format())
                .endsWith("&x.pe=[::1]:6881&so=1-3,9")
                .startsWith("magnet:?xt=urn:btmh:1220" + V2);
    }

    @Test
    void takesABareHashAsALink() throws MetainfoException {
        assertThat(Magnet.parse(V1)).isEqualTo(Magnet.of(InfoHash.parse(V1)));
        assertThat(Magnet.parse(V2).infoHash().hasV2()).isTrue();
    }

    @Test
    void oneUsableHashIsEnough() throws MetainfoException {
        assertThat(Magnet.parse("magnet:?xt=urn:btmh:1220ab&xt=urn:btih:" + V1).infoHash().hex())
                .isEqualTo(V1);
        assertThat(Magnet.parse("MAGNET:?XT=URN:BTIH:" + V1).infoHash().hex()).isEqualTo(V1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "magnet:",
                "magnet:?",
                "magnet:?xt=urn:btih:",
                "magnet:?dn=x",
                "magnet:?xt=urn:btmh:1120abababababababababababababababababababababababababababababababab",
                "http://example.com",
                ""
            })
    void refusesALinkWithoutAUsableHash(String link) {
        assertThatExceptionOfType(MetainfoException.class).isThrownBy(() -> Magnet.parse(link));
    }

    @Test
    void saysWhichHashCannotBeUsed() {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() -> Magnet.parse("magnet:?xt=urn:btih:12\u001b[31m"))
                .withMessage("magnet link has no usable info-hash: \"urn:btih:12?[31m\"");
    }

    @Test
    void refusesALinkOfUnreasonableLength() {
        assertThatExceptionOfType(MetainfoException.class)
                .isThrownBy(() ->
                        Magnet.parse(LINK + "&dn=" + "x".repeat(MetainfoLimits.MAX_MAGNET_CHARS)))
                .withMessageContaining("at most 262144 are allowed");
    }

    @Test
    void ignoresWhatIsBeyondTheLimits() throws MetainfoException {
        StringBuilder link = new StringBuilder(LINK);
        for (int i = 0; i < 1000; i++) {
            link.append("&tr=http://t/").append(i).append("&x.pe=1.2.3.4:").append(i + 1);
        }
        link.append("&so=0-999999999&so=5-3&so=-1&so=x&so=249998-249999&tr=http://")
                .append("x".repeat(MetainfoLimits.MAX_URL_CHARS));
        Magnet magnet = Magnet.parse(link.toString());
        assertThat(magnet.trackers()).hasSize(MetainfoLimits.MAX_TRACKERS).endsWith("http://t/499");
        assertThat(magnet.peers()).hasSize(MetainfoLimits.MAX_SOURCES);
        assertThat(magnet.selectOnly()).containsExactly(249_998, 249_999);
    }

    @Test
    void rangesThatOverlapManyTimesAreReadQuickly() throws MetainfoException {
        String link = LINK + "&so=" + "0-249999,".repeat(1_000);
        assertThat(Vectors.within(() -> Magnet.parse(link)).selectOnly())
                .hasSize(MetainfoLimits.MAX_FILES);
    }

    @Test
    void malformedEscapesStandForThemselves() throws MetainfoException {
        assertThat(Magnet.parse(LINK + "&dn=100%&=&&dn=later").name()).contains("100%");
        assertThat(Magnet.parse(LINK + "&dn=%zz%4").name()).contains("%zz%4");
    }

    @Test
    void describesATorrent() throws MetainfoException {
        Metainfo metainfo =
                Metainfo.parse(
                        new Torrent("a b").file(5, "x").outer("announce", "http://t/").bytes());
        Magnet magnet = Magnet.of(metainfo);
        assertThat(magnet.infoHash()).isEqualTo(metainfo.infoHash());
        assertThat(magnet.name()).contains("a b");
        assertThat(magnet.trackers()).containsExactly("http://t/");
    }
}
