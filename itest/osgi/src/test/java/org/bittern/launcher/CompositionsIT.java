package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;

/**
 * Each runtime has the bundles that its features list, which are those of {@code
 * bundles.properties}; all of them run, and nothing else is there.
 */
@Timeout(300)
final class CompositionsIT {
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));
    private static final Duration SETTLED = Duration.ofSeconds(60);
    private static final String TINY =
            "d4:infod6:lengthi1e4:name4:tiny12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

    /** What a runtime must not have: bundles, and all whose names begin with theirs and a dot. */
    private static final Map<String, List<String>> ABSENT =
            Map.of(
                    "cli",
                            List.of(
                                    "org.apache.felix.http",
                                    "org.bittern.web",
                                    "org.bittern.control"),
                    "stdio", List.of("org.apache.felix.http", "org.bittern.web", "org.bittern.cli"),
                    "demo",
                            List.of(
                                    "org.apache.felix.http",
                                    "org.bittern.web",
                                    "org.bittern.control",
                                    "org.bittern.cli"),
                    "scaffold", List.of("org.bittern.web", "org.bittern.cli", "org.bittern.stdio"),
                    "daemon",
                            List.of(
                                    "org.bittern.cli",
                                    "org.bittern.stdio",
                                    "org.bittern.standalone"),
                    "stream", List.of("org.bittern.transmission", "org.bittern.gotorrent"),
                    "streamer",
                            List.of(
                                    "org.bittern.engine",
                                    "org.bittern.net",
                                    "org.bittern.peer",
                                    "org.bittern.disk",
                                    "org.bittern.transmission"),
                    "gotorrent", List.of("org.bittern.transmission", "org.bittern.stream"),
                    "remote",
                            List.of(
                                    "org.apache.felix.http",
                                    "org.bittern.web",
                                    "org.bittern.engine",
                                    "org.bittern.net",
                                    "org.bittern.cli"));

    /** What a person types so that each of them stays, on loopback and on free ports. */
    private static final Map<String, List<String>> TYPED =
            Map.of(
                    "cli",
                            List.of(
                                    "get",
                                    "TORRENT",
                                    "--dir",
                                    "DIR",
                                    "--no-dht",
                                    "--bind",
                                    "127.0.0.1",
                                    "--peer", // without any it would give up
                                    "127.0.0.1:1"),
                    "stdio", List.of(),
                    "remote", List.of("ls", "--url", "SILENCE"),
                    "scaffold", List.of("--port", "0"),
                    "daemon", List.of("--port", "0"),
                    "stream",
                            List.of(
                                    "TORRENT",
                                    "--dir",
                                    "DIR",
                                    "--no-dht",
                                    "--peer-port",
                                    "0",
                                    "--peer-bind",
                                    "127.0.0.1"),
                    "streamer", List.of("--port", "0"),
                    "demo",
                            List.of(
                                    "--torrent",
                                    "TORRENT",
                                    "--content",
                                    "TORRENT",
                                    "--dir",
                                    "DIR",
                                    "--peer",
                                    "9"),
                    "gotorrent",
                            List.of(
                                    "--port",
                                    "0",
                                    "--dir",
                                    "DIR",
                                    "--no-dht",
                                    "--peer-port",
                                    "0",
                                    "--peer-bind",
                                    "127.0.0.1"));

    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private final InputStream input = System.in;

    /** Takes connections and never answers. */
    private final ServerSocket silence;

    CompositionsIT() throws IOException {
        silence = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    static List<String> runtimes() throws IOException {
        try (Stream<Path> folders = Files.list(HOME.resolve("runtime"))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }

    /** Standard input belongs to whoever runs the tests; here it stays open and silent. */
    @BeforeEach
    @SuppressWarnings("resource") // open as long as the JVM
    void silenceInput() throws IOException {
        System.setIn(new PipedInputStream(new PipedOutputStream()));
    }

    @AfterEach
    void giveInputBack() throws IOException {
        silence.close();
        System.setIn(input);
        System.clearProperty("bittern.exit"); // a command leaves its exit code there
    }

    @Test
    void knowsAllRuntimes() throws IOException {
        assertThat(runtimes()).containsExactlyInAnyOrderElementsOf(TYPED.keySet());
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void startsWholeAndHasNothingElse(String name) throws Exception {
        try (RunningRuntime runtime = start(name)) {
            assertRunsWhatIsListed(runtime);
            assertThat(names(runtime)).containsExactlyInAnyOrderElementsOf(bundles(name));
            assertThat(names(runtime))
                    .noneMatch(found -> !name.equals("scaffold") && found.contains("scaffold"))
                    .noneMatch(found ->
                            ABSENT.getOrDefault(name, List.of()).stream()
                                    .anyMatch(absent -> isBelow(found, absent)));
        }
    }

    /** People add it to what has an engine and streams; without a URL it waits for one. */
    @ParameterizedTest
    @ValueSource(strings = {"daemon", "stream"})
    void theBrainOfAnIoSideElsewhereIsOneBundleMore(String name) throws Exception {
        try (RunningRuntime runtime = start(name, "--with", "stream.brain")) {
            assertRunsWhatIsListed(runtime);
            List<String> more = new ArrayList<>(bundles(name));
            more.add("org.bittern.stream.brain");
            assertThat(names(runtime)).containsExactlyInAnyOrderElementsOf(more);
        }
    }

    @Test
    void runtimesWithoutHttpHaveNoServletApi() throws Exception {
        for (String name : List.of("cli", "demo", "remote", "stdio")) {
            try (RunningRuntime runtime = start(name)) {
                assertThat(runtime.bundles())
                        .extracting(
                                bundle -> String.valueOf(bundle.getHeaders().get("Export-Package")))
                        .noneMatch(exports -> exports.contains("jakarta.servlet"))
                        .noneMatch(exports -> exports.contains("org.eclipse.jetty"));
            }
        }
    }

    /** The words that a person would type, with what they stand for. */
    private RunningRuntime start(String name, String... more) throws Exception {
        Path data = Files.createDirectories(work.resolve("data-" + name));
        Files.writeString(
                data.resolve("settings.json"),
                """
                {"bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "dht-enabled": false, "lpd-enabled": false,
                 "port-forwarding-enabled": false, "peer-port": 0}
                """);
        Path torrent = Files.writeString(work.resolve("tiny.torrent"), TINY);
        List<String> words = new ArrayList<>();
        for (String word : TYPED.getOrDefault(name, List.of())) {
            switch (word) {
                case "TORRENT" -> words.add(torrent.toString());
                case "SILENCE" -> words.add("http://127.0.0.1:" + silence.getLocalPort());
                case "DIR" -> words.add(work.resolve("files").toString());
                default -> words.add(word);
            }
        }
        words.addAll(List.of("--data", data.toString()));
        words.addAll(List.of(more));
        return new RunningRuntime(HOME, work, name, words);
    }

    private static void assertRunsWhatIsListed(RunningRuntime runtime) {
        Set<String> listed =
                runtime.plan().levels().stream()
                        .flatMap(List::stream)
                        .map(jar -> "reference:" + jar.toUri())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(runtime.bundles())
                .extracting(Bundle::getLocation)
                .containsExactlyInAnyOrderElementsOf(listed);
        await().atMost(SETTLED).untilAsserted(() -> assertThat(runtime.problems()).isEmpty());
        assertThat(runtime.bundles())
                .allSatisfy(bundle ->
                        assertThat(bundle.getState())
                                .as(bundle.getSymbolicName())
                                .isEqualTo(Bundle.ACTIVE));
    }

    /** Names of all bundles that a runtime is to have. */
    private static List<String> bundles(String runtime) throws IOException {
        Properties all = new Properties();
        try (InputStream in = CompositionsIT.class.getResourceAsStream("bundles.properties")) {
            if (in == null) {
                throw new IOException("no bundles.properties on the class path");
            }
            all.load(in);
        }
        return List.of(all.getProperty(runtime, "").split(" +", -1));
    }

    private static boolean isBelow(String name, String prefix) {
        return name.equals(prefix) || name.startsWith(prefix + ".");
    }

    private static List<String> names(RunningRuntime runtime) {
        return runtime.bundles().stream().map(Bundle::getSymbolicName).toList();
    }
}
