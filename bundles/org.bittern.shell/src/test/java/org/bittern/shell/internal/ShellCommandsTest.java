package org.bittern.shell.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.testkit.Fakes.fake;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MetainfoException;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ShellCommandsTest {
    private static final String HASH = "0102030405060708090a0b0c0d0e0f1011121314";

    @TempDir Path directory;

    private final List<AddTorrent> added = new ArrayList<>();

    private static TorrentSnapshot torrent() {
        return new SnapshotBuilder(TorrentState.DOWNLOADING)
                .of(7, 1)
                .name("evil\u001b[2Jname")
                .progress(new TorrentSnapshot.Progress(1, 1, 100, 100, 40, 40, 0, 4, 1, 25))
                .connected(3)
                .build();
    }

    private ShellCommands commands(TorrentSnapshot... torrents) {
        Torrent torrent =
                fake(
                        Torrent.class,
                        name -> name.equals("number") ? 7 : InfoHash.ofV1(new byte[20]));
        Engine engine =
                (Engine)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Engine.class},
                                (_, method, arguments) -> {
                                    if (method.getName().equals("add")) {
                                        added.add((AddTorrent) arguments[0]);
                                        return CompletableFuture.completedFuture(
                                                new Engine.Added(torrent, false));
                                    }
                                    return method.getName().equals("snapshots")
                                            ? List.of(torrents)
                                            : new EngineStatus(
                                                    "1.2.3",
                                                    5,
                                                    1,
                                                    3,
                                                    10,
                                                    20,
                                                    30,
                                                    40,
                                                    Instant.EPOCH);
                                });
        return new ShellCommands(fake(EngineHost.class, _ -> engine));
    }

    @Test
    void listsTorrentsWithoutTheirControlCharacters() {
        assertThat(commands().ls()).isEqualTo("no torrents");
        assertThat(commands(torrent()).ls())
                .isEqualTo("   7   40 %  downloading          3 peers  evil?[2Jname");
    }

    @Test
    void addsFilesAndLinks() throws Exception {
        Path file = directory.resolve("x.torrent");
        Files.writeString(
                file,
                "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee");
        assertThat(commands().add(file.toString())).startsWith("added: 7  0000");
        commands().add("magnet:?xt=urn:btih:" + HASH);
        assertThat(added.getFirst().source()).isInstanceOf(AddTorrent.Source.File.class);
        assertThat(added.getLast().source()).isInstanceOf(AddTorrent.Source.Link.class);
    }

    @Test
    void refusesWhatIsNeither() {
        assertThatThrownBy(() -> commands().add(directory.resolve("none").toString()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> commands().add("magnet:?xt=urn:btih:1"))
                .isInstanceOf(MetainfoException.class);
        assertThat(added).isEmpty();
    }

    @Test
    void tellsWhatTheEngineDoes() {
        assertThat(commands().stats()).contains("1.2.3", "10 B/s", "20 B/s");
    }

    @Test
    void saysSoWhenThereIsNoEngine() {
        EngineHost none =
                fake(
                        EngineHost.class,
                        _ -> {
                            throw new EngineException(
                                    EngineException.Code.ENGINE_NOT_RUNNING, "no engine");
                        });
        assertThatThrownBy(() -> new ShellCommands(none).ls()).hasMessage("no engine");
    }
}
