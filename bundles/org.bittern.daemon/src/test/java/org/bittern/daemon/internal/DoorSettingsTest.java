package org.bittern.daemon.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(20)
class DoorSettingsTest {
    private static final Path DATA = Path.of("/data");

    @Test
    void theDefaultIsTransmissionsPortOnLoopback() {
        Map<String, Object> door = door(Settings.EMPTY);
        assertThat(door).containsEntry("port", 9091).containsEntry("whitelist", "127.0.0.1,::1");
        assertThat((String[]) door.get("bind.addresses")).containsExactly("127.0.0.1");
        assertThat(door).containsEntry("connection.file", "/data/connection.json");
        assertThat(door).doesNotContainKey(".token").containsEntry("rpc.semver", "");
    }

    @Test
    void nobodyIsLetInBeforeTheEngineIsThere() {
        DoorSettings settings = new DoorSettings(options(), DATA, Optional.empty());
        assertThat(settings.configurations(Settings.EMPTY, false).get(DoorSettings.DOOR))
                .containsEntry("open", false);
        assertThat(door(Settings.EMPTY)).containsEntry("open", true);
    }

    @Test
    void whatWasTypedWinsOverTheSettings() {
        Settings settings =
                Settings.EMPTY
                        .with(RpcSettings.PORT, 1234)
                        .with(RpcSettings.BIND_ADDRESS, "10.0.0.1, ::1");
        assertThat((String[]) door(settings).get("bind.addresses"))
                .containsExactly("10.0.0.1", "::1");
        Map<String, Object> door = door(settings, "--port", "5", "--bind", "127.0.0.2");
        assertThat(door).containsEntry("port", 5);
        assertThat((String[]) door.get("bind.addresses")).containsExactly("127.0.0.2");
    }

    @Test
    void streamsShareThePortUnlessTheyHaveOne() {
        assertThat(door(Settings.EMPTY)).containsEntry("stream.port", 0);
        assertThat(door(Settings.EMPTY.with(RpcSettings.STREAM_PORT, 50_001)))
                .containsEntry("stream.port", 50_001);
    }

    @Test
    void switchedOffThereIsNoDoor() {
        assertThat(
                        new DoorSettings(options(), DATA, Optional.empty())
                                .configurations(
                                        Settings.EMPTY.with(RpcSettings.ENABLED, false), true))
                .doesNotContainKey(DoorSettings.DOOR)
                .containsKey(DoorSettings.RPC);
    }

    @Test
    void directoriesAreLimitedOnceTheyAreNamed() {
        DoorSettings door = new DoorSettings(options(), DATA, Optional.empty());
        assertThat(door.configurations(Settings.EMPTY, true)).doesNotContainKey(DoorSettings.FILES);
        Settings limited = Settings.EMPTY.with(RpcSettings.BROWSE_ROOTS, List.of("/a", "/b"));
        assertThat(door.configurations(limited, true).get(DoorSettings.FILES))
                .containsEntry("roots", new String[] {"/a", "/b"});
    }

    @Test
    void theNewerProtocolIsToldBesideTheSessionId() {
        assertThat(door(Settings.EMPTY.with(RpcSettings.VERSION, 19)))
                .containsEntry("rpc.semver", "6.0.1");
    }

    @Test
    void portsOutOfRangeAreRefused() {
        assertThat(options("--port", "70000").problem()).isPresent();
        assertThat(options("--port", "0").problem()).isEmpty();
    }

    @Test
    void settingsOfTransmissionAreReadAndWrongOnesAreLeftOut(@TempDir Path data)
            throws IOException {
        Files.writeString(
                data.resolve("settings.json"),
                "{\"rpc-port\":9999,\"rpc-whitelist\":\"10.*\",\"peer-port\":\"x\","
                        + "\"download-dir\":\"/d\",\"umask\":18,\"encryption\":1,"
                        + "\"speed-limit-up\":null}");
        Settings settings = new SettingsFile(data).read();
        assertThat(settings.get(RpcSettings.PORT)).isEqualTo(9999);
        assertThat(settings.get(EngineSettings.DOWNLOAD_DIR)).isEqualTo("/d");
        assertThat(settings.get(EngineSettings.ENCRYPTION))
                .isEqualTo(EngineSettings.Encryption.PREFERRED);
        assertThat(settings.has(NetworkSettings.PEER_PORT)).isFalse();
    }

    @Test
    void whatIsNoJsonIsSaidWithoutQuotingIt(@TempDir Path data) throws IOException {
        assertThat(new SettingsFile(data).read().keys()).isEmpty();
        Files.writeString(data.resolve("settings.json"), "{\"rpc-password\":\"planted");
        Assertions.assertThatThrownBy(() -> new SettingsFile(data).read())
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("planted");
    }

    private static Map<String, Object> door(Settings settings, String... words) {
        return new DoorSettings(options(words), DATA, Optional.empty())
                .configurations(settings, true)
                .getOrDefault(DoorSettings.DOOR, Map.of());
    }

    private static Options options(String... words) {
        Options options = new Options();
        new CommandLine(options).parseArgs(words);
        return options;
    }
}
