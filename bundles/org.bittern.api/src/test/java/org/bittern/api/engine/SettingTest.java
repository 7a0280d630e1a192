package org.bittern.api.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.junit.jupiter.api.Test;

class SettingTest {

    @Test
    void aNumberThatNoLongHoldsIsNotCutOff() {
        Setting<Integer> size = Setting.integer("size", 5, 0, 1_000_000);
        for (Object huge : List.of(BigInteger.TWO.pow(70), BigInteger.TWO.pow(63), 1e308)) {
            assertThatThrownBy(() -> size.parse(huge)).isInstanceOf(EngineException.class);
        }
        assertThat(size.parse(BigInteger.TEN)).isEqualTo(10);
    }

    @Test
    void noPasswordIsQuotedInARefusal() {
        Object wrong = 987_654_321;
        for (Setting<?> password :
                List.of(
                        RpcSettings.PASSWORD,
                        RpcSettings.KEY_STORE_PASSWORD,
                        NetworkSettings.PROXY_PASSWORD)) {
            assertThat(password.isSecret()).isTrue();
            assertThatThrownBy(() -> password.parse(wrong))
                    .hasMessageContaining(password.name())
                    .hasMessageNotContaining("987");
        }
    }

    @Test
    void absentValueIsTheDefault() {
        assertThat(Settings.EMPTY.get(NetworkSettings.PEER_PORT)).isEqualTo(51413);
        assertThat(Settings.EMPTY.has(NetworkSettings.PEER_PORT)).isFalse();
    }

    @Test
    void rateIsKilobytesOutsideAndBytesInside() {
        Settings settings = Settings.EMPTY.parsed(EngineSettings.SPEED_LIMIT_UP, 12.5);
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_UP)).isEqualTo(12_500L);
        assertThat(printed(settings)).containsEntry("speed-limit-up", 12.5);
        assertThat(printed(Settings.EMPTY.with(EngineSettings.SPEED_LIMIT_UP, 3000L)))
                .containsEntry("speed-limit-up", 3L);
    }

    @Test
    void refusesWhatIsOutOfRangeAndSaysWhatIsAllowed() {
        assertThatThrownBy(() -> NetworkSettings.PEER_PORT.parse(65536))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.code()).isEqualTo(EngineException.Code.INVALID_ARGUMENT))
                .hasMessageContaining("peer-port")
                .hasMessageContaining("65536")
                .hasMessageContaining("from 0 to 65535");
        assertThatThrownBy(() -> NetworkSettings.PEER_PORT.parse(1.5))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> NetworkSettings.PEER_PORT.parse("80"))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> NetworkSettings.DHT_ENABLED.parse(1))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> EngineSettings.DOWNLOAD_DIR.parse("a\nb"))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> NetworkSettings.DHT_BOOTSTRAP.parse(List.of(1)))
                .isInstanceOf(EngineException.class);
    }

    @Test
    void choiceTakesNameInAnyCaseAndTransmissionsNumber() {
        assertThat(EngineSettings.PREALLOCATION.parse("FULL")).isEqualTo(Preallocation.FULL);
        assertThat(EngineSettings.PREALLOCATION.parse(0)).isEqualTo(Preallocation.NONE);
        assertThatThrownBy(() -> EngineSettings.PREALLOCATION.parse(3))
                .isInstanceOf(EngineException.class);
    }

    @Test
    void laterChangesWinAndOthersStay() {
        Settings before =
                Settings.EMPTY
                        .with(NetworkSettings.PEER_PORT, 1)
                        .with(NetworkSettings.DHT_ENABLED, false);
        Settings after = before.overlaid(Settings.EMPTY.with(NetworkSettings.PEER_PORT, 2));
        assertThat(after.get(NetworkSettings.PEER_PORT)).isEqualTo(2);
        assertThat(after.get(NetworkSettings.DHT_ENABLED)).isFalse();
        assertThat(before.get(NetworkSettings.PEER_PORT)).isEqualTo(1);
    }

    @Test
    void everySettingParsesWhatItPrints() {
        for (Setting<?> setting : EngineSettings.ALL) {
            roundTrip(setting);
            assertThat(EngineSettings.named(setting.name())).containsSame(setting);
        }
        TorrentOptions.ALL.forEach(SettingTest::roundTrip);
    }

    private static <T> void roundTrip(Setting<T> setting) {
        Object printed = setting.print(setting.defaultValue());
        assertThat(setting.parse(printed)).isEqualTo(setting.defaultValue());
    }

    private static Map<String, Object> printed(Settings settings) {
        Map<String, Object> printed = new LinkedHashMap<>();
        settings.print(printed::put);
        return printed;
    }
}
