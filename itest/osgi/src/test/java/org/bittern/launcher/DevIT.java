package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.itest.osgi.Limit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleException;

/** A daemon as {@code ./bittern dev} starts it, beside a folder in which bundles are rebuilt. */
@Timeout(300)
final class DevIT {
    private static final String GOTORRENT = "org.bittern.gotorrent";
    private static final String RPC = "org.bittern.rpc";

    /** What is promised, and three times that: the machine may be a busy one. */
    private static final Duration PROMISED = Duration.ofSeconds(5);

    private static final Duration ANYWHERE = Duration.ofSeconds(15);

    private static final Pattern GAP = Pattern.compile("; longest gap ([0-9.]+) ms");

    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private final PrintStream output = System.err;
    private final PrintStream standardOutput = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream protocol = new ByteArrayOutputStream();
    private @Nullable RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(work.resolve("bundles"));
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(protocol, true, StandardCharsets.UTF_8));
        daemon =
                new RunningDaemon(
                        work,
                        "--with",
                        "swap",
                        "--set",
                        "org.bittern.swap:patience.seconds=10",
                        "--set",
                        "org.bittern.swap.watch:dir=" + work.resolve("bundles"));
    }

    @AfterEach
    void stop() throws BundleException {
        System.setErr(output);
        System.setOut(standardOutput);
        output.print(printed.toString(StandardCharsets.UTF_8));
        if (daemon != null) {
            daemon.close();
        }
    }

    /** Where Maven would put the jar of a bundle. */
    private JarCopies target(String name) throws IOException {
        return new JarCopies(work.resolve("bundles").resolve(name).resolve("target"));
    }

    private void rebuild(String name, String mark) throws IOException {
        target(name).marked(RunningDaemon.jar(name), name + "-0.1.0.jar", mark);
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("swapped"))
                .toList();
    }

    private void awaitLines(int count) {
        await().atMost(RunningDaemon.SOON).until(() -> lines().size() >= count);
    }

    /** Since a jar was built, and as the line itself tells. */
    private void awaitSwaps(int count) {
        Duration limit = Limit.of(PROMISED, ANYWHERE);
        await().atMost(limit).until(() -> lines().size() >= count);
        assertThat(lines())
                .allSatisfy(line -> {
                    Matcher gap = GAP.matcher(line);
                    assertThat(gap.find()).isTrue();
                    assertThat(Double.parseDouble(gap.group(1)))
                            .isBetween(0.0, (double) limit.toMillis());
                });
        assertThat(protocol.toString(StandardCharsets.UTF_8)).doesNotContain("swapped");
    }

    private RunningDaemon daemon() {
        if (daemon == null) {
            throw new IllegalStateException("not started");
        }
        return daemon;
    }

    @Test
    void swapsWhatIsRebuiltWithOtherContentAndSaysSoOnce() throws Exception {
        rebuild(GOTORRENT, "2");
        awaitSwaps(1);
        rebuild(GOTORRENT, "2"); // the same again
        rebuild("org.bittern.metrics", "2");
        awaitSwaps(2);

        assertThat(lines())
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith(
                                                "swapped org.bittern.gotorrent, side by side; "),
                        second -> assertThat(second).startsWith("swapped org.bittern.metrics, "));
        assertThat(daemon().bundle(GOTORRENT).getEntry("mark.txt")).isNotNull();
        assertThat(daemon().get("/alldata")).startsWith("200 ");
    }

    @Test
    void tellsThatImportersOfAContractWereRefreshed() throws Exception {
        rebuild(RPC, "2");
        awaitSwaps(1);

        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("swapped org.bittern.rpc, one after the other; longest gap ")
                .contains(" importers were refreshed; restarted: ")
                .contains("org.bittern.transmission.");
        assertThat(daemon().get("/transmission/rpc")).startsWith("409 ");
    }

    @Test
    void triesARefusedBundleAgainWithTheNextBuild() throws Exception {
        target(GOTORRENT)
                .changed(
                        RunningDaemon.jar(GOTORRENT),
                        GOTORRENT + "-0.1.0.jar",
                        "OSGI-INF/org.bittern",
                        text ->
                                text.replaceFirst(
                                        "<implementation",
                                        "<reference name=\"none\" interface=\"org.example.None\"/>"
                                                + "<implementation"));
        awaitLines(1);
        assertThat(lines().getFirst())
                .startsWith("not swapped: org.bittern.gotorrent is as it was: ")
                .contains("waits for org.example.None");
        assertThat(daemon().get("/alldata")).startsWith("200 ");

        rebuild(GOTORRENT, "3");
        awaitLines(2);

        assertThat(lines().get(1)).startsWith("swapped org.bittern.gotorrent, side by side; ");
        assertThat(daemon().bundle(GOTORRENT).getEntry("mark.txt")).isNotNull();
    }
}
