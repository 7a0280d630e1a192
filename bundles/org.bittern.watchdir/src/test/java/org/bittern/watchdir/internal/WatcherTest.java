package org.bittern.watchdir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class WatcherTest {
    private static final byte[] TORRENT =
            "d4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee"
                    .getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;

    private final List<AddTorrent> added = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Watcher watcher = new Watcher(problems::add);
    private Settings settings = Settings.EMPTY;
    private boolean refusing;
    private String refusal = "no place";
    private long now;

    private final Engine engine =
            (Engine)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {Engine.class},
                            (_, method, arguments) ->
                                    switch (method.getName()) {
                                        case "settings" -> settings;
                                        case "add" -> add((AddTorrent) arguments[0]);
                                        default ->
                                                throw new UnsupportedOperationException(
                                                        method.getName());
                                    });

    private CompletableFuture<Engine.Added> add(AddTorrent request) {
        if (refusing) {
            return CompletableFuture.failedFuture(
                    new EngineException(EngineException.Code.INVALID_PATH, refusal));
        }
        added.add(request);
        Torrent torrent =
                (Torrent)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Torrent.class},
                                (_, _, _) ->
                                        ((AddTorrent.Source.File) request.source())
                                                .metainfo()
                                                .infoHash());
        return CompletableFuture.completedFuture(new Engine.Added(torrent, added.size() > 1));
    }

    @BeforeEach
    void watch() {
        settings =
                settings.with(EngineSettings.WATCH_DIR, directory.toString())
                        .with(EngineSettings.WATCH_DIR_ENABLED, true);
    }

    private void look() {
        now += TimeUnit.SECONDS.toNanos(2);
        watcher.look(engine, now);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void addsWhatStandsStillAndRenamesIt() throws IOException {
        Files.write(directory.resolve("x.torrent"), TORRENT);
        Files.write(directory.resolve("Y.TORRENT"), TORRENT);
        Files.writeString(directory.resolve("notes.txt"), "mine");
        Files.createDirectory(directory.resolve("folder.torrent"));
        look();
        assertThat(added).isEmpty();
        look();
        assertThat(added).hasSize(2);
        assertThat(added.getFirst().start()).isEqualTo(AddTorrent.Start.SETTING);
        assertThat(names())
                .containsExactly(
                        "Y.TORRENT.added", "folder.torrent", "notes.txt", "x.torrent.added");
        look();
        assertThat(added).hasSize(2);
    }

    @Test
    void deletesTheOriginalIfThatIsWished() throws IOException {
        settings = settings.with(EngineSettings.TRASH_ORIGINAL_TORRENT_FILES, true);
        Files.write(directory.resolve("x.torrent"), TORRENT);
        look();
        look();
        assertThat(added).hasSize(1);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void waitsForAFileThatIsStillBeingWritten() throws IOException {
        Path file = directory.resolve("x.torrent");
        for (int length = 10; length < TORRENT.length; length += 10) {
            Files.write(file, Arrays.copyOf(TORRENT, length));
            look();
            look();
        }
        assertThat(added).isEmpty();
        assertThat(names()).containsExactly("x.torrent");
        Files.write(file, TORRENT);
        look();
        look();
        assertThat(added).hasSize(1);
    }

    @Test
    void setsAsideWhatIsNoTorrentOnceItStandsStill() throws IOException {
        Files.writeString(directory.resolve("x.torrent"), "not a torrent");
        look();
        look();
        assertThat(names()).containsExactly("x.torrent");
        look();
        look();
        assertThat(names()).containsExactly("x.torrent.invalid");
        assertThat(added).isEmpty();
        assertThat(problems).singleElement().asString().startsWith("x.torrent is no torrent");
    }

    @Test
    void triesAgainWhatTheEngineRefused() throws IOException {
        refusing = true;
        Files.write(directory.resolve("x.torrent"), TORRENT);
        look();
        look();
        assertThat(names()).containsExactly("x.torrent");
        refusing = false;
        look();
        assertThat(added).hasSize(1);
        assertThat(names()).containsExactly("x.torrent.added");
    }

    @Test
    void tellsOnceWhyTheEngineRefuses() throws IOException {
        refusing = true;
        Files.write(directory.resolve("x.torrent"), TORRENT);
        for (int looks = 0; looks < 4; looks++) {
            look();
        }
        assertThat(problems).containsExactly("x.torrent is not added: no place");
        refusal = "no space";
        look();
        look();
        assertThat(problems).hasSize(2).last().asString().contains("no space");
        refusing = false;
        look();
        assertThat(added).hasSize(1);
        assertThat(problems).hasSize(2);
    }

    @Test
    void neverAddsTwiceAlthoughTheDirectoryWasAwayForAWhile() throws IOException {
        Path watched = Files.createDirectories(directory.resolve("watched"));
        settings = settings.with(EngineSettings.WATCH_DIR, watched.toString());
        Files.write(watched.resolve("x.torrent"), TORRENT);
        Files.createDirectories(watched.resolve("x.torrent.added/full")); // in the way
        look();
        look();
        assertThat(added).hasSize(1);
        Path away = Files.move(watched, directory.resolve("away"));
        look();
        Files.move(away, watched);
        look();
        look();
        look();
        assertThat(added).hasSize(1);
    }

    @Test
    void neverAddsTwiceWhatCannotBeRenamed() throws IOException {
        Files.write(directory.resolve("x.torrent"), TORRENT);
        Files.createDirectories(directory.resolve("x.torrent.added/full")); // in the way
        look();
        look();
        assertThat(added).hasSize(1);
        assertThat(names()).contains("x.torrent");
        look();
        look();
        assertThat(added).hasSize(1);
    }

    @Test
    void doesNothingWhenItIsSwitchedOffOrTheDirectoryIsGone() throws IOException {
        Path file = directory.resolve("x.torrent");
        Files.write(file, TORRENT);
        settings = settings.with(EngineSettings.WATCH_DIR_ENABLED, false);
        look();
        look();
        settings =
                settings.with(EngineSettings.WATCH_DIR_ENABLED, true)
                        .with(EngineSettings.WATCH_DIR, directory.resolve("none").toString());
        look();
        look();
        assertThat(added).isEmpty();
        assertThat(file).exists();
    }
}
