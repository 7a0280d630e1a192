package org.bittern.gotorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.TorrentOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParamsTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1,1024",
        "0.5,512",
        "1e3,1024000",
        "0.0001,1",
        "12.5,12800",
        ".5,512",
        "2e9,2048000000000",
        "1.,1024"
    })
    void aLimitIsKibInAndBytesOut(String text, long bytes) {
        assertThat(Params.parse("rate=" + text).requiredLimit("rate")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "x",
                "NaN",
                "Infinity",
                "1e300",
                "2000000001",
                "3e9",
                "-0.1",
                "%2",
                " ",
                "1d",
                "2f",
                "0x1p3",
                "%205"
            })
    void whatIsNoLimitIsRefused(String text) {
        assertThatThrownBy(() -> Params.parse("rate=" + text).requiredLimit("rate"))
                .isInstanceOf(CallException.class);
    }

    @Test
    void whatIsTakenForALimitCanBeStored() {
        long most = Params.parse("rate=2e9").requiredLimit("rate");
        for (Setting<Long> limit :
                List.of(
                        EngineSettings.SPEED_LIMIT_DOWN,
                        EngineSettings.SPEED_LIMIT_UP,
                        TorrentOptions.DOWNLOAD_LIMIT,
                        TorrentOptions.UPLOAD_LIMIT)) {
            assertThat(limit.parse(limit.print(most))).as(limit.name()).isEqualTo(most);
        }
    }

    @Test
    void decodesTheQueryAndTakesTheFirstOfEachName() {
        Params params = Params.parse("path=%2Fa%20b+c&path=x&infohash=" + "Ab".repeat(20) + "&f");
        assertThat(params.required("path")).isEqualTo("/a b c");
        assertThat(params.infohash()).isEqualTo("ab".repeat(20));
        assertThat(params.flag("start", true)).isTrue();
        assertThatThrownBy(() -> params.flag("f", true)).isInstanceOf(CallException.class);
        assertThat(Params.parse(null).values()).isEmpty();
    }

    @Test
    void peersAreShownAsTheSeedShowsThem() throws Exception {
        byte[] id = "-LT20A0-\u0000\u00ff %~".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SessionView.printable(id)).isEqualTo("-LT20A0-%00%ff%20%~");
        assertThat(SessionView.host(new InetSocketAddress(InetAddress.ofLiteral("1.2.3.4"), 5)))
                .isEqualTo("1.2.3.4:5");
        assertThat(SessionView.host(new InetSocketAddress(InetAddress.ofLiteral("::1"), 5)))
                .isEqualTo("[0:0:0:0:0:0:0:1]:5");
        byte[] ours = {(byte) 0b1100_0000};
        assertThat(SessionView.relevance(ours, new byte[] {(byte) 0b0110_0000}, 2)).isEqualTo(0.5);
        assertThat(SessionView.relevance(ours, new byte[] {(byte) 0b1111_0000}, 2)).isEqualTo(1);
        assertThat(SessionView.relevance(ours, ours, 0)).isZero();
    }
}
