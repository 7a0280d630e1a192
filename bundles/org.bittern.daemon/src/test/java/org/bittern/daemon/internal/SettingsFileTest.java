package org.bittern.daemon.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SettingsFileTest {
    @TempDir Path data;
    private final List<String> told = new ArrayList<>();

    @Test
    void saysOnceThatScriptsAreNotRun() throws IOException {
        SettingsFile file = new SettingsFile(data, told::add);
        assertThat(file.read()).isEqualTo(Settings.EMPTY);
        write("{'script-torrent-done-enabled':false,'script-torrent-done-filename':'/bin/x'}");
        file.read();
        assertThat(told).isEmpty();

        write(
                "{'script-torrent-done-enabled':true,'script-torrent-done-filename':'/bin/secret',"
                        + "'script_torrent_added_enabled':true,'dht-enabled':false}");
        assertThat(file.read().get(NetworkSettings.DHT_ENABLED)).isFalse();
        file.read();
        assertThat(told)
                .singleElement()
                .asString()
                .contains("script-torrent-done-enabled", "script_torrent_added_enabled")
                .contains("not supported")
                .doesNotContain("secret");
    }

    private void write(String json) throws IOException {
        Files.writeString(data.resolve("settings.json"), json.replace('\'', '"'));
    }
}
