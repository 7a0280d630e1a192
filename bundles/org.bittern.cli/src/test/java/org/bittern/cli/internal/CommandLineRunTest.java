package org.bittern.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.UrlReader;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.Metainfo;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CommandLineRunTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private final Stop stop = new Stop();

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"--v1", "--v2", "--hybrid"})
    void showTellsWhatCreateMade(String version) throws Exception {
        Path data = directory.resolve("data");
        Files.createDirectories(data.resolve("sub"));
        Files.writeString(data.resolve("a.txt"), "a".repeat(40_000));
        Files.writeString(data.resolve("sub/b.txt"), "b");
        Path torrent = directory.resolve("made.torrent");

        assertThat(
                        run(
                                "create",
                                data.toString(),
                                "-o",
                                torrent.toString(),
                                "--tracker",
                                "http://127.0.0.1:1/announce",
                                "--piece-size",
                                "16",
                                version))
                .isZero();
        Metainfo made = Metainfo.parse(Files.readAllBytes(torrent));
        assertThat(text(out)).contains(made.infoHash().hex()).contains("magnet:?");
        assertThat(made.createdBy()).hasValue("Bittern 9.9.9");
        assertThat(made.creationDate()).hasValue(NOW);

        out.reset();
        assertThat(run("show", "--json", torrent.toString())).isZero();
        JsonNode shown = new ObjectMapper().readTree(text(out));
        assertThat(shown.get("name").asText()).isEqualTo("data");
        assertThat("--" + shown.get("version").asText()).isEqualTo(version);
        assertThat(shown.get("size").asLong()).isEqualTo(40_001);
        assertThat(shown.get("files")).hasSize(2);
        assertThat(shown.get("trackers").get(0).get(0).asText()).contains("127.0.0.1");
    }

    @Test
    void showForPeopleHasALinePerFact() {
        assertThat(
                        run(
                                "show",
                                "magnet:?xt=urn:btih:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                        + "&dn=x%1B%5B2Jy&tr=http%3A%2F%2Ft%2F"))
                .isZero();
        assertThat(text(out))
                .contains("id            aaaaaaaa")
                .contains("name          x?[2Jy")
                .contains("trackers      http://t/");
    }

    @Test
    void failureIsOneLineOnStandardErrorWithExitCodeOne() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.torrent"), "d4:infoe");
        List<List<String>> failing =
                List.of(
                        List.of("show", directory.resolve("absent").toString()),
                        List.of("show", broken.toString()),
                        List.of("show", "magnet:?xt=urn:btih:zz"),
                        List.of("get", broken.toString()),
                        List.of("get", "magnet:?dn=x"),
                        List.of("get", directory.toString()),
                        List.of("seed", broken.toString()),
                        List.of("create", "/nowhere", "-o", "/tmp/x"));
        for (List<String> arguments : failing) {
            err.reset();
            assertThat(run(arguments.toArray(new String[0]))).as("%s", arguments).isEqualTo(1);
            assertThat(text(err).lines()).as("%s", arguments).hasSize(1);
            assertThat(text(err)).startsWith("bittern: ").doesNotContain("Exception");
        }
        assertThat(text(out)).isEmpty();
    }

    @Test
    void saysWhyAFileCannotBeUsed() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path nameless = Files.createDirectories(directory.resolve("folder"));
        assertFails(1, "folder: cannot be read: Is a directory", "show", nameless.toString());
        assertFails(
                1, "folder: is a directory", "create", data.toString(), "-o", nameless.toString());
        assertFails(
                1,
                "none/x: cannot be written: no such file or directory",
                "create",
                data.toString(),
                "-o",
                directory.resolve("none/x").toString());
        assertFails(1, "no URL", "show", "http://127.0.0.1:1/x.torrent");
        assertFails(1, "only http and https", "get", "ftp://127.0.0.1/x.torrent");
        assertThat(nameless).isEmptyDirectory();
    }

    @Test
    void createsIntoAPipeAndThroughALink() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path real = Files.writeString(directory.resolve("real.torrent"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link.torrent"), real);
        assertThat(run("create", data.toString(), "-o", link.toString())).isZero();
        assertThat(link).isSymbolicLink();
        byte[] made = Files.readAllBytes(real);
        assertThat(Metainfo.parse(made).name()).isEqualTo("data");

        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        CompletableFuture<byte[]> read =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return Files.readAllBytes(pipe);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        assertThat(run("create", data.toString(), "-o", pipe.toString())).isZero();
        assertThat(read.get()).isEqualTo(made);
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get x --port 70000",
                "get x --port -1",
                "seed x --port 65536",
                "get x --wait -1",
                "get x --max-down -1",
                "get x --max-up 99999999999999999",
                "create x -o y --tracker nonsense",
                "create x -o y --tracker http://h:70000/a",
                "create x -o y --web-seed udp://h/a"
            })
    void aNumberOrUrlThatCannotBeIsAUsageErrorInOneLine(String line) throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path torrent = directory.resolve("t.torrent");
        run("create", data.toString(), "-o", torrent.toString());
        String file = line.startsWith("create") ? data.toString() : torrent.toString();
        String option = line.replaceFirst(".* (--\\S+ \\S+)$", "$1");
        String words = line.replace(" x ", " " + file + " ").replace(" y ", " " + torrent + " ");
        assertFails(
                2,
                option,
                (words + (line.startsWith("create") ? "" : " --no-dht --peer 127.0.0.1:9"))
                        .split(" "));
    }

    private void assertFails(int code, String why, String... arguments) {
        err.reset();
        assertThat(run(arguments)).as("%s", List.of(arguments)).isEqualTo(code);
        assertThat(text(err)).startsWith("bittern: ").contains(why).hasLineCount(1);
    }

    @Test
    void getWithNobodyToAskFailsAtOnce() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path torrent = directory.resolve("t.torrent");
        run("create", data.toString(), "-o", torrent.toString());
        assertThat(run("get", "--no-dht", torrent.toString())).isEqualTo(1);
        assertThat(text(err)).contains("no tracker, no DHT and no --peer");
    }

    @Test
    void engineRefusalIsTheLineThatTheUserSees() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path torrent = directory.resolve("t.torrent");
        run("create", data.toString(), "-o", torrent.toString());
        assertThat(run("get", "--peer", "127.0.0.1:9", torrent.toString())).isEqualTo(1);
        assertThat(text(err)).isEqualTo("bittern: port 1 is taken\n");
    }

    @Test
    void startsNoEngineWhenInterruptedBefore() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "x");
        Path torrent = directory.resolve("t.torrent");
        run("create", data.toString(), "-o", torrent.toString());
        stop.ask();
        for (String command : List.of("get", "seed")) {
            assertFails(
                    1,
                    "bittern: interrupted",
                    command,
                    "--peer",
                    "127.0.0.1:9",
                    torrent.toString());
        }
    }

    @Test
    void usageErrorsHaveExitCodeTwo() {
        assertThat(run("get")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(run("frobnicate")).isEqualTo(2);
        assertThat(run("create", "x", "-o", "y", "--v1", "--v2")).isEqualTo(2);
    }

    @Test
    void fetchesNothingBeforeTheEngineSaysWhichWay() {
        for (String command : List.of("get", "seed")) {
            assertThat(run(command, "http://tracker.example/x.torrent")).isEqualTo(1);
            assertThat(text(err)).contains("port 1 is taken");
            err.reset();
        }
    }

    private int run(String... arguments) {
        Terminal terminal = new Terminal(out, err, false);
        UrlReader urls =
                (url, cookies, most, within) -> {
                    throw new AssertionError("nothing is fetched before an engine runs");
                };
        Session session = new Session(new RefusingHost(), urls, directory, terminal, stop);
        return CommandLineRun.run(session, "9.9.9", InstantSource.fixed(NOW), List.of(arguments));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** A host whose port is always taken. */
    private static final class RefusingHost implements EngineHost {
        @Override
        public Optional<Engine> engine() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            return CompletableFuture.failedFuture(
                    new EngineException(EngineException.Code.PORT_IN_USE, "port 1 is taken"));
        }

        @Override
        public CompletionStage<Void> stop() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            return () -> {};
        }
    }
}
