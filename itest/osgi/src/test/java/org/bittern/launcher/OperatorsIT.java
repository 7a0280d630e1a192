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
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir private Path work = Path.of(".");
    private @Nullable RunningRuntime daemon;

    @BeforeEach
    void start() throws Exception {
        Path data = Files.createDirectories(work.resolve("data"));
        Files.writeString(
                data.resolve("settings.json"),
                """
                {"bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "dht-enabled": false, "lpd-enabled": false,
                 "port-forwarding-enabled": false, "peer-port": 0}
                """);
        List<String> words = List.of("--port", "0", "--with", "shell", "--data", data.toString());
        daemon = new RunningRuntime(HOME, work, "daemon", words);
        await().atMost(SOON).until(() -> Files.exists(data.resolve("connection.json")));
    }

    @AfterEach
    void stop() throws BundleException {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void healthIsAnsweredBehindTheDoorAndTurnsWithTheEngine() throws Exception {
        URI health = root().resolve("/health");
        await().atMost(SOON).untilAsserted(() -> assertThat(code(health)).isEqualTo(200));
        JsonNode answer = json(health);
        assertThat(answer.path("checks").findValuesAsText("name"))
                .contains("Bittern engine", "Bittern files");
        assertThat(answer.path("checks").findValuesAsText("status")).doesNotContain("CRITICAL");

        Bundle engine = bundle("org.bittern.engine");
        engine.stop();

        await().atMost(SOON).untilAsserted(() -> assertThat(code(health)).isEqualTo(503));
        assertThat(json(health).path("status").asText()).isEqualTo("CRITICAL");
        engine.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(code(health)).isEqualTo(200));
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
    }

    @Test
    void theShellLeavesStandardInputAndTheProcessAlone() throws Exception {
        assertThat(typed("felix:lb")).isNotNull();
        assertThat(running().problems()).isEmpty();
        assertThat(bundle("org.apache.felix.gogo.shell").getState()).isEqualTo(Bundle.ACTIVE);
    }

    private RunningRuntime running() {
        if (daemon == null) {
            throw new IllegalStateException("not started");
        }
        return daemon;
    }

    private Bundle bundle(String name) {
        return running().bundles().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private URI root() throws IOException {
        JsonNode connection =
                new ObjectMapper().readTree(work.resolve("data/connection.json").toFile());
        return URI.create("http://127.0.0.1:" + connection.path("port").asInt());
    }

    private static int code(URI uri) throws IOException {
        return ((HttpURLConnection) uri.toURL().openConnection()).getResponseCode();
    }

    private static JsonNode json(URI uri) throws IOException {
        HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
        try (InputStream body =
                call.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST
                        ? call.getInputStream()
                        : call.getErrorStream()) {
            return new ObjectMapper().readTree(body);
        }
    }

    /**
     * What a line of Gogo's language gives; its types are those of the framework, hence by name.
     */
    private String typed(String line) throws Exception {
        BundleContext context = running().context();
        String type = "org.apache.felix.service.command.CommandProcessor";
        ServiceReference<?> reference =
                await().atMost(SOON)
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
