package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Directories that settings name. */
@Timeout(60)
class NewDirectoriesTest {
    @TempDir Path directory;

    private Settings naming(Setting<String> setting, String name) {
        return Settings.EMPTY.with(setting, directory.resolve(name).toString());
    }

    @Test
    void areMadeWithAllThatTheyLieIn() {
        Settings after =
                naming(EngineSettings.DOWNLOAD_DIR, "new/downloads")
                        .overlaid(naming(EngineSettings.INCOMPLETE_DIR, "new/incomplete"))
                        .overlaid(naming(EngineSettings.WATCH_DIR, "watched"));
        NewDirectories.made(Settings.EMPTY, after);
        assertThat(directory.resolve("new/downloads")).isEmptyDirectory();
        assertThat(directory.resolve("new/incomplete")).isEmptyDirectory();
        assertThat(directory.resolve("watched")).isEmptyDirectory();
    }

    @Test
    void areNotMadeAgainWhenNothingIsSaidOfThem() {
        Settings before = naming(EngineSettings.WATCH_DIR, "unmounted");
        Settings after = before.with(NetworkSettings.PEX_ENABLED, false);
        NewDirectories.made(before, after);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void areMadeWhenTheirUseBegins() {
        Settings before = naming(EngineSettings.WATCH_DIR, "watched");
        NewDirectories.made(before, before.with(EngineSettings.WATCH_DIR_ENABLED, true));
        assertThat(directory.resolve("watched")).isEmptyDirectory();
    }

    @Test
    void takeWhatIsThereAsItIs() throws Exception {
        Files.createDirectory(directory.resolve("there"));
        Files.writeString(directory.resolve("there/file"), "content");
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("there"));
        Settings after = naming(EngineSettings.DOWNLOAD_DIR, "link");
        NewDirectories.made(Settings.EMPTY, after).undo();
        assertThat(directory.resolve("link/file")).hasContent("content");
    }

    @Test
    void areNotMadeWhenAnotherCannotBe() throws Exception {
        Files.createFile(directory.resolve("file"));
        Settings after =
                naming(EngineSettings.DOWNLOAD_DIR, "new/downloads")
                        .overlaid(naming(EngineSettings.WATCH_DIR, "file/watched"));
        assertThatThrownBy(() -> NewDirectories.made(Settings.EMPTY, after))
                .hasMessageContaining("watch-dir")
                .hasMessageContaining("file/watched")
                .asInstanceOf(type(EngineException.class))
                .extracting(EngineException::code)
                .isEqualTo(Code.INVALID_PATH);
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void goAgainWhenTheOtherSettingsAreRefused() throws Exception {
        try (Machine machine = new Machine();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Engine engine = machine.start(Machine.settings(directory));
            Settings changes =
                    naming(EngineSettings.WATCH_DIR, "watched")
                            .with(NetworkSettings.PEER_PORT, taken.getLocalPort());
            assertThatThrownBy(() -> done(engine.apply(changes)))
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
            assertThat(directory.resolve("watched")).doesNotExist();
            assertThat(engine.settings().get(EngineSettings.WATCH_DIR)).isEmpty();
            done(engine.apply(naming(EngineSettings.WATCH_DIR, "watched")));
            assertThat(directory.resolve("watched")).isEmptyDirectory();
        }
    }
}
