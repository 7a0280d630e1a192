package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** An operator replaces bundles of a daemon that answers all the while. */
@Timeout(300)
final class SwapCommandIT {
    private static final String GOTORRENT = "org.bittern.gotorrent";

    /** Requests before and after a swap. */
    private static final int REQUESTS = 200;

    /** In /tmp: a socket lies in it, whose path may have about a hundred bytes. */
    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private @Nullable RunningDaemon daemon;
    private @Nullable JarCopies copies;

    private final AtomicInteger asked = new AtomicInteger();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private volatile boolean asking = true;

    /** Only components that never run are waited for in vain. */
    @BeforeEach
    void start(TestInfo test) throws Exception {
        String name = test.getDisplayName();
        boolean vain = name.contains("Broken") || name.contains("NotBecomeSatisfied");
        int seconds = vain ? 3 : 60;
        copies = new JarCopies(work.resolve("jars"));
        daemon = new RunningDaemon(work, "--set", "org.bittern.swap:patience.seconds=" + seconds);
    }

    @AfterEach
    void stop() throws BundleException {
        asking = false;
        if (daemon != null) {
            daemon.close();
        }
    }

    private RunningDaemon daemon() {
        if (daemon == null) {
            throw new IllegalStateException("not started");
        }
        return daemon;
    }

    private JarCopies copies() {
        if (copies == null) {
            throw new IllegalStateException("not started");
        }
        return copies;
    }

    /** Asks for a path again and again, on a thread of its own. */
    private Thread askFor(String path) {
        return Thread.ofPlatform()
                .start(() -> {
                    while (asking) {
                        try {
                            String answer = daemon().get(path);
                            if (!answer.startsWith("200 ")) {
                                failed.add(answer);
                            }
                        } catch (IOException e) {
                            failed.add(e.toString());
                        }
                        asked.incrementAndGet();
                    }
                });
    }

    private void awaitMoreRequests() {
        int enough = asked.get() + REQUESTS;
        await().atMost(RunningDaemon.SOON).until(() -> asked.get() >= enough);
    }

    private String swap(String bundle, Path jar) throws IOException {
        return daemon().control("swap", bundle, jar.toString());
    }

    /** Swaps the adapter whose path is asked for before, meanwhile and afterwards. */
    private String swapWhileAsking(Path jar) throws Exception {
        copies().list(jar);
        Thread client = askFor("/alldata");
        awaitMoreRequests();
        String answer = swap(GOTORRENT, jar);
        awaitMoreRequests();
        asking = false;
        client.join();
        return answer;
    }

    @Test
    void noRequestFailsWhileAnAdapterIsSwapped() throws Exception {
        Path jar = copies().marked(RunningDaemon.jar(GOTORRENT), "gotorrent.jar", "2");

        String answer = swapWhileAsking(jar);

        assertThat(answer).startsWith("0\nswapped org.bittern.gotorrent, side by side; ");
        assertThat(failed).isEmpty();
        Bundle fresh = daemon().bundle(GOTORRENT);
        assertThat(fresh.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(fresh.getEntry("mark.txt")).isNotNull();
        assertThat(daemon().runtime().problems()).isEmpty();
    }

    @Test
    void whatDoesNotBecomeSatisfiedIsTakenBack() throws Exception {
        Path jar =
                copies().changed(
                                RunningDaemon.jar(GOTORRENT),
                                "waits.jar",
                                "OSGI-INF/org.bittern",
                                text ->
                                        text.replaceFirst(
                                                "<implementation",
                                                "<reference name=\"none\" interface=\"org.example.None\"/><implementation"));

        String answer = swapWhileAsking(jar);

        assertThat(answer)
                .startsWith("1\norg.bittern.gotorrent is as it was: ")
                .contains("waits for org.example.None")
                .hasLineCount(2);
        assertThat(failed).isEmpty();
        assertThat(daemon().bundle(GOTORRENT).getEntry("mark.txt")).isNull();
        assertThat(daemon().runtime().problems()).isEmpty();
    }

    @Test
    void aBrokenComponentIsTakenBack() throws Exception {
        assertTakenBack(GOTORRENT, "class=\"org", "class=\"gone", "GoTorrent cannot be made");
        assertThat(daemon().get("/alldata")).startsWith("200 ");
    }

    @Test
    void aBrokenComponentThatOnlyBreaksWhenItIsWantedIsTakenBack() throws Exception {
        String metrics = "org.bittern.metrics";
        assertTakenBack(metrics, "class=\"org", "class=\"gone", "MetricsServlet cannot be made");
        // There is no such constructor.
        assertTakenBack(metrics, "init=\"1\"", "init=\"0\"", "MetricsServlet cannot be made");
        assertThat(daemon().get("/metrics")).startsWith("200 ");
    }

    /** Swaps a bundle for one whose component is described in another way. */
    private void assertTakenBack(String bundle, String text, String other, String why)
            throws Exception {
        Path jar =
                copies().changed(
                                RunningDaemon.jar(bundle),
                                "broken.jar",
                                "OSGI-INF/" + bundle,
                                description -> description.replace(text, other));
        copies().list(jar);

        assertThat(swap(bundle, jar))
                .startsWith("1\n" + bundle + " is as it was: " + bundle + ".internal." + why)
                .hasLineCount(2);
        assertThat(daemon().bundle(bundle).getEntry("mark.txt")).isNull();
    }

    @Test
    void whoImportsAChangedContractIsRefreshed() throws Exception {
        Path jar = copies().marked(RunningDaemon.jar("org.bittern.rpc"), "rpc.jar", "2");
        copies().list(jar);

        String answer = swap("org.bittern.rpc", jar);

        assertThat(answer)
                .startsWith("0\nswapped org.bittern.rpc, one after the other; ")
                .contains(" importers were refreshed")
                .contains("org.bittern.transmission.");
        assertThat(daemon().bundle("org.bittern.rpc").getEntry("mark.txt")).isNotNull();
        assertThat(daemon().runtime().problems()).isEmpty();
        assertThat(daemon().get("/transmission/rpc")).startsWith("409 ");
    }

    @Test
    void aContractThatBreaksItsImportersIsTakenBack() throws Exception {
        Path jar =
                copies().changed(
                                RunningDaemon.jar("org.bittern.rpc"),
                                "broken.jar",
                                "META-INF/MANIFEST.MF",
                                text ->
                                        text.replace(
                                                "org.bittern.rpc;version=",
                                                "org.bittern.odd;version="));
        copies().list(jar);

        String answer = swap("org.bittern.rpc", jar);

        assertThat(answer).startsWith("1\norg.bittern.rpc: put back: ").hasLineCount(2);
        assertThat(daemon().runtime().problems())
                .allMatch(line -> line.contains("org.bittern.rpc")); // what the framework noted
        assertThat(daemon().get("/transmission/rpc")).startsWith("409 ");
        assertThat(daemon().bundle("org.bittern.rpc").getEntry("mark.txt")).isNull();
    }

    @Test
    void everyAdapterOfTheDaemonCanBeSwapped() throws Exception {
        for (String name :
                List.of(
                        GOTORRENT,
                        "org.bittern.transmission",
                        "org.bittern.stream",
                        "org.bittern.stream.local",
                        "org.bittern.watchdir",
                        "org.bittern.metrics",
                        "org.bittern.health",
                        "org.bittern.daemon")) {
            Path jar = copies().marked(RunningDaemon.jar(name), name + ".jar", "2");
            copies().list(jar);

            assertThat(swap(name, jar)).startsWith("0\nswapped " + name + ", ");
            assertThat(daemon().bundle(name).getEntry("mark.txt")).as(name).isNotNull();
            assertThat(daemon().runtime().problems()).as(name).isEmpty();
        }
        assertThat(daemon().get("/alldata")).startsWith("200 ");
        assertThat(daemon().get("/metrics")).startsWith("200 ");
        assertThat(daemon().get("/transmission/rpc")).startsWith("409 ");
    }

    @Test
    void aBundleCanBeSwappedAgainAfterWhatSwapsWasRestarted() throws Exception {
        copies().list(copies().marked(RunningDaemon.jar(GOTORRENT), "gotorrent.jar", "2"));
        assertThat(swap(GOTORRENT, work.resolve("jars/gotorrent.jar"))).startsWith("0\n");
        Bundle swap = daemon().bundle("org.bittern.swap");
        swap.stop();
        swap.start();
        Path jar = copies().marked(RunningDaemon.jar(GOTORRENT), "gotorrent.jar", "3");
        copies().list(jar);

        assertThat(swap(GOTORRENT, jar)).startsWith("0\nswapped ");

        try (InputStream mark = daemon().bundle(GOTORRENT).getEntry("mark.txt").openStream()) {
            assertThat(mark).hasContent("3");
        }
        assertThat(daemon().get("/alldata")).startsWith("200 ");
    }

    @Test
    void whatIsNotTrustedOrCannotBeIsRefusedInOneLine() throws Exception {
        Path jar = copies().marked(RunningDaemon.jar(GOTORRENT), "gotorrent.jar", "2");
        Path self = copies().marked(RunningDaemon.jar("org.bittern.swap"), "swap.jar", "2");
        Path stranger = copies().marked(RunningDaemon.jar("org.bittern.cli"), "cli.jar", "2");
        copies().list(self, stranger);

        assertRefused(swap(GOTORRENT, jar), "has no line in");
        assertRefused(swap(GOTORRENT, stranger), "is org.bittern.cli, not org.bittern.gotorrent");
        assertRefused(swap("org.bittern.swap", self), "org.bittern.swap cannot be swapped");
        assertRefused(swap("org.bittern.cli", stranger), "no bundle org.bittern.cli is installed");
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertRefused(swap(GOTORRENT, jar), "can be written by others");
        assertRefused(daemon().control("swap", GOTORRENT), "swap does not take 1 words");
        assertRefused(daemon().control("nonsense"), "unknown command 'nonsense'");
        assertThat(daemon().runtime().problems()).isEmpty();
    }

    private static void assertRefused(String answer, String why) {
        assertThat(answer).startsWith("1\n").contains(why).hasLineCount(2);
    }
}
