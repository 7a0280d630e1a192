package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParamsTest {

    @Test
    void takesCamelCaseAndListsWhatNobodyAskedFor() {
        Params params = new Params(Map.of("listenPort", 5, "downloadDir", "/x", "fooBar", 1));
        assertThat(params.whole("listen_port", 0, 9)).hasValue(5L);
        assertThat(params.text("download_dir")).isEqualTo("/x");
        assertThat(params.ignored()).containsExactly("fooBar");
    }

    @Test
    void nullCountsAsAbsent() {
        Map<String, @Nullable Object> given = new HashMap<>();
        given.put("a", null);
        Params params = new Params(given);
        assertThat(params.flag("a")).isEmpty();
        assertThatThrownBy(() -> params.text("a")).hasMessageContaining("'a' is missing");
    }

    @Test
    void refusesWrongTypesByName() {
        Params params = new Params(Map.of("n", "1", "f", 0, "t", 5, "l", List.of("x", 2)));
        assertThatThrownBy(() -> params.whole("n", 0, 9)).hasMessageContaining("'n' must be");
        assertThatThrownBy(() -> params.flag("f")).hasMessageContaining("'f' must be");
        assertThatThrownBy(() -> params.text("t")).hasMessageContaining("'t' must be");
        assertThatThrownBy(() -> params.texts("l")).hasMessageContaining("'l' must be");
        assertThatThrownBy(() -> params.wholes("l", 0, 9)).hasMessageContaining("'l' must be");
        assertThatThrownBy(() -> new Params(Map.of("l", Arrays.asList(1, null))).wholes("l", 0, 9))
                .isInstanceOf(ControlException.class);
    }

    @Test
    void numbersThatDoNotFitAreRefusedAndNeverCutOff() {
        BigInteger beyond = BigInteger.TWO.pow(64).add(BigInteger.ONE); // its last 64 bits are 1
        for (Number wrong : List.of(beyond, 1.5, 1e300, Double.POSITIVE_INFINITY, Long.MIN_VALUE)) {
            Params params = new Params(Map.of("n", wrong, "l", List.of(wrong)));
            assertThatThrownBy(() -> params.whole("n", 0, 9)).hasMessageContaining("'n' must be");
            assertThatThrownBy(() -> params.wholes("l", 0, 9)).hasMessageContaining("'l' must be");
        }
        assertThat(new Params(Map.of("n", 7.0)).whole("n", 0, 9)).hasValue(7L);
        assertThat(new Params(Map.of("n", 1L << 40)).whole("n", 0, 1L << 40)).hasValue(1L << 40);
    }

    @Test
    void refusalsAndLeftOversNameWhatWasGiven() {
        Map<String, @Nullable Object> given = new HashMap<>();
        given.put("deleteData", 5);
        given.put("strangeName", null);
        Params params = new Params(given);
        assertThatThrownBy(() -> params.flag("delete_data"))
                .hasMessageContaining("'deleteData' must be");
        assertThat(params.remainder()).isEqualTo(Map.of("ignored", List.of("strangeName")));
        assertThat(new Params(Map.of()).remainder()).isEmpty();
    }

    @Test
    void configurationsThatCannotWorkAreRefused(@TempDir Path directory) {
        for (Map<String, Object> wrong :
                List.<Map<String, Object>>of(
                        Map.of("download_dir", ""),
                        Map.of("state_dir", ""),
                        Map.of("listen_host", ""),
                        Map.of("listen_host", " "),
                        Map.of("listen_host", ", "),
                        Map.of("enable_tcp", false, "enable_utp", false),
                        Map.of("dht_bootstrap", List.of("nonsense")),
                        Map.of("dht_bootstrap", List.of("127.0.0.1:1", "127.0.0.1:65536")),
                        Map.of("dht_bootstrap", List.of(":6881")),
                        Map.of("dht_bootstrap", List.of("host:0")))) {
            assertThatThrownBy(() -> EngineConfig.read(new Params(wrong), directory))
                    .as("%s", wrong)
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining(wrong.keySet().iterator().next());
        }
        Params utpAlone = new Params(Map.of("enable_tcp", false));
        assertThat(
                        EngineConfig.read(utpAlone, directory)
                                .settings()
                                .get(NetworkSettings.TCP_ENABLED))
                .isFalse();
        List<String> nodes = List.of("[::1]:6881", "localhost:65535");
        assertThat(
                        EngineConfig.read(new Params(Map.of("dht_bootstrap", nodes)), directory)
                                .settings()
                                .get(NetworkSettings.DHT_BOOTSTRAP))
                .isEqualTo(nodes);
    }

    @Test
    void configurationBecomesSettings(@TempDir Path directory) {
        var start =
                EngineConfig.read(
                        new Params(
                                Map.of(
                                        "listen_host",
                                        "::1",
                                        "encryption",
                                        "required",
                                        "upload_limit",
                                        12_345,
                                        "download_limit",
                                        54_321,
                                        "max_connections",
                                        7,
                                        "enable_upnp",
                                        true,
                                        "allow_same_ip",
                                        false,
                                        "download_dir",
                                        directory.resolve("new/one").toString())),
                        directory);
        Settings settings = start.settings();
        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV4)).isEmpty();
        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV6)).isEqualTo("::1");
        assertThat(settings.get(EngineSettings.ENCRYPTION))
                .isEqualTo(EngineSettings.Encryption.REQUIRED);
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_UP)).isEqualTo(12_345L);
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_UP_ENABLED)).isTrue();
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_DOWN)).isEqualTo(54_321L);
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_DOWN_ENABLED)).isTrue();
        assertThat(settings.get(EngineSettings.PEER_LIMIT_GLOBAL)).isEqualTo(7);
        assertThat(settings.get(NetworkSettings.PORT_FORWARDING_ENABLED)).isTrue();
        assertThat(settings.get(EngineSettings.ALLOW_SAME_IP)).isFalse();
        assertThat(directory.resolve("new/one")).isEmptyDirectory();
    }

    @Test
    void configurationOfNothingReachesNobodyAndIsUnlimited(@TempDir Path directory) {
        Settings settings = EngineConfig.read(new Params(Map.of()), directory).settings();
        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV4)).isEqualTo("127.0.0.1");
        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV6)).isEmpty();
        assertThat(settings.get(NetworkSettings.PORT_FORWARDING_ENABLED)).isFalse();
        assertThat(settings.get(NetworkSettings.DHT_ENABLED)).isFalse();
        assertThat(settings.get(EngineSettings.ALLOW_SAME_IP)).isTrue();
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_DOWN_ENABLED)).isFalse();
        assertThat(settings.get(EngineSettings.SPEED_LIMIT_UP_ENABLED)).isFalse();
    }

    @Test
    void directoryThatIsAFileIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() ->
                        EngineConfig.read(
                                new Params(Map.of("download_dir", file.toString())), directory))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void torrentOptionsAndPriorities() {
        Params params =
                new Params(Map.of("download_limit", 5000, "file_priorities", List.of(0, 7, 4)));
        assertThat(TorrentChanges.options(params).get(TorrentOptions.DOWNLOAD_LIMIT))
                .isEqualTo(5000L);
        assertThat(TorrentChanges.filePriorities(params))
                .hasValue(Map.of(0, Priority.SKIP, 1, Priority.HIGH, 2, Priority.NORMAL));
        assertThatThrownBy(() ->
                        TorrentChanges.filePriorities(
                                new Params(Map.of("file_priorities", List.of(8)))))
                .hasMessageContaining("0 to 7");
    }
}
