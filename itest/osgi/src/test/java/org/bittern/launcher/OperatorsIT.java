package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/** What operators of a daemon look at: Felix health checks, and commands of the Gogo shell. */
@Timeout(300)
final class OperatorsIT {
    private static final int STATUS_DIGITS = 3;
    private static final String METRICS = "org.bittern.metrics";

    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private @Nullable RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon =
                new RunningDaemon(
                        work, "--with", "shell", "--set", "org.bittern.swap:patience.seconds=60");
    }

    @AfterEach
    void stop() throws BundleException {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void healthIsAnsweredBehindTheDoorAndTurnsWithTheEngine() throws Exception {
        awaitHealth("200 ");
        JsonNode answer = health();
        assertThat(answer.path("checks").findValuesAsText("name"))
                .contains("Bittern engine", "Bittern files");
        assertThat(answer.path("checks").findValuesAsText("status")).doesNotContain("CRITICAL");

        Bundle engine = daemon().bundle("org.bittern.engine");
        engine.stop();

        awaitHealth("503 ");
        assertThat(health().path("status").asText()).isEqualTo("CRITICAL");
        engine.start();
        awaitHealth("200 ");
    }

    @Test
    void theShellListsAddsAndCounts() throws Exception {
        Path torrent =
                Files.writeString(
                        work.resolve("tiny.torrent"),
                        "d4:infod6:lengthi1e4:name4:tiny12:piece lengthi16384e6:pieces20:"
                                + "aaaaaaaaaaaaaaaaaaaaee");

        assertThat(typed("bittern:ls")).isEqualTo("no torrents");
        assertThat(typed("bittern:add " + torrent)).startsWith("added: 1  ");
        assertThat(typed("bittern:add " + torrent)).startsWith("there already: 1  ");
        assertThat(typed("bittern:ls")).contains("tiny");
        assertThat(typed("bittern:stats")).contains("torrents   1");
        assertThatThrownBy(() -> typed("bittern:add " + work.resolve("none")))
                .hasMessageContaining("none");
        assertThatThrownBy(() -> typed("bittern:swap org.bittern.engine " + torrent))
                .hasMessageContaining("there is no list");
    }

    @Test
    void theShellSwapsABundle() throws Exception {
        Path jar = listed(METRICS);

        assertThat(typed("bittern:swap " + METRICS + " " + jar))
                .startsWith("swapped org.bittern.metrics, side by side; longest gap ");
        assertThat(daemon().bundle(METRICS).getEntry("mark.txt")).isNotNull();
        assertThat(daemon().get("/metrics")).startsWith("200 ");
    }

    @Test
    void nobodySwapsOverAnInterface() throws Exception {
        String jar = listed(METRICS).toString();
        DaemonClient client = DaemonClient.of(work.resolve("data"));
        Map<String, Object> arguments = Map.of("bundle", METRICS, "jar", jar);

        for (String method : List.of("swap", "bittern:swap", "bundle-swap", "tt-swap")) {
            assertThatThrownBy(() -> client.call(method, arguments))
                    .hasMessage("method name not recognized");
        }
        for (String path : List.of("/swap", "/bittern/swap", "/control", "/control/socket")) {
            assertThat(client.get(path + "?bundle=" + METRICS + "&jar=" + jar)).isBetween(400, 499);
        }
        // None of the others could: what swaps is offered to the shell and the socket alone.
        Bundle swap = daemon().bundle("org.bittern.swap");
        assertThat(swap.getHeaders().get("Import-Package"))
                .doesNotContain("org.bittern.rpc", "org.bittern.web", "servlet");
        for (ServiceReference<?> service : swap.getRegisteredServices()) {
            Bundle[] users = service.getUsingBundles();
            assertThat(users == null ? new Bundle[0] : users)
                    .extracting(Bundle::getSymbolicName)
                    .doesNotContain(
                            "org.bittern.transmission",
                            "org.bittern.tinytorrent",
                            "org.bittern.gotorrent",
                            "org.bittern.web");
        }
        assertThat(daemon().bundle(METRICS).getEntry("mark.txt")).isNull();
    }

    /** Another build of a bundle, which whoever may swap can swap in. */
    private Path listed(String bundle) throws Exception {
        JarCopies copies = new JarCopies(work.resolve("jars"));
        Path jar = copies.marked(RunningDaemon.jar(bundle), "new.jar", "2");
        copies.list(jar);
        return jar;
    }

    @Test
    void theCommandsOfTheShellAreThereForTheSameUserWithoutIt() throws Exception {
        assertThat(daemon().control("ls")).isEqualTo("0\nno torrents");
        assertThat(daemon().control("stats")).startsWith("0\nversion ").contains("torrents   0");
        assertThat(daemon().control("add", "magnet:?xt=none")).startsWith("1\n").hasLineCount(2);
    }

    @Test
    void theShellLeavesStandardInputAndTheProcessAlone() throws Exception {
        assertThat(typed("felix:lb")).isNotNull();
        assertThat(daemon().runtime().problems()).isEmpty();
        assertThat(daemon().bundle("org.apache.felix.gogo.shell").getState())
                .isEqualTo(Bundle.ACTIVE);
    }

    private RunningDaemon daemon() {
        if (daemon == null) {
            throw new IllegalStateException("not started");
        }
        return daemon;
    }

    private void awaitHealth(String status) {
        await().atMost(RunningDaemon.SOON)
                .untilAsserted(() -> assertThat(daemon().get("/health")).startsWith(status));
    }

    private JsonNode health() throws IOException {
        return new ObjectMapper().readTree(daemon().get("/health").substring(STATUS_DIGITS));
    }

    /** What a line of Gogo's language gives; its types are those of the framework: by name. */
    private String typed(String line) throws Exception {
        BundleContext context = daemon().runtime().context();
        String type = "org.apache.felix.service.command.CommandProcessor";
        ServiceReference<?> reference =
                await().atMost(RunningDaemon.SOON)
                        .until(() -> context.getServiceReference(type), found -> found != null);
        Object processor = context.getService(reference);
        Class<?> contract = processor.getClass().getClassLoader().loadClass(type);
        Object session =
                contract.getMethod(
                                "createSession",
                                InputStream.class,
                                OutputStream.class,
                                OutputStream.class)
                        .invoke(
                                processor,
                                new ByteArrayInputStream(new byte[0]),
                                new ByteArrayOutputStream(),
                                new ByteArrayOutputStream());
        Class<?> sessions =
                contract.getClassLoader()
                        .loadClass("org.apache.felix.service.command.CommandSession");
        try {
            Object result = sessions.getMethod("execute", CharSequence.class).invoke(session, line);
            return result == null ? "" : String.valueOf(result);
        } catch (InvocationTargetException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
