package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** TinyTorrent's features come and go with their bundles, and each without the others. */
@Timeout(300)
final class FeaturesIT {
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String UNKNOWN = "method name not recognized";

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
        daemon =
                new RunningRuntime(
                        HOME, work, "daemon", List.of("--port", "0", "--data", data.toString()));
        await().atMost(SOON).until(() -> Files.exists(data.resolve("connection.json")));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(features())
                                .contains("fs-browse", "fs-create-dir", "app-shutdown", "labels"));
    }

    @AfterEach
    void stop() throws BundleException {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void eachGoesWithItsBundleAndComesBack() throws Exception {
        Map<String, List<String>> methods =
                Map.of(
                        "org.bittern.tinytorrent.fs",
                                List.of("fs-browse", "fs-space", "fs-create-dir"),
                        "org.bittern.tinytorrent.system",
                                List.of("system-open", "system-reveal", "app-shutdown"));
        List<String> all = features();
        for (Map.Entry<String, List<String>> entry : methods.entrySet()) {
            Bundle bundle = bundle(entry.getKey());
            bundle.stop();
            for (String method : entry.getValue()) {
                assertThat(result(method)).as(method).isEqualTo(UNKNOWN);
            }
            assertThat(features()).isNotEmpty().doesNotContainAnyElementsOf(entry.getValue());
            bundle.start();
            await().atMost(SOON).untilAsserted(() -> assertThat(features()).isEqualTo(all));
        }
    }

    @Test
    void noneNeedsTheOthers() throws Exception {
        Bundle probe = bundle("org.bittern.tinytorrent");
        probe.stop();
        assertThat(result("tt-get-capabilities")).isEqualTo(UNKNOWN);
        assertThat(result("fs-browse")).isEqualTo("success");
        probe.start();
        bundle("org.bittern.engine").stop();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(features())
                                .contains("fs-browse", "app-shutdown")
                                .doesNotContain("labels"));
        assertThat(result("fs-browse")).isEqualTo("success");
        assertThat(result("session-get")).isEqualTo("engine unavailable");
        bundle("org.bittern.engine").start();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(features()).contains("fs-browse", "labels"));
    }

    private List<String> features() throws IOException {
        List<String> features = new ArrayList<>();
        for (JsonNode feature : call("tt-get-capabilities").at("/arguments/features")) {
            features.add(feature.asText());
        }
        return features;
    }

    private String result(String method) throws IOException {
        return call(method).path("result").asText();
    }

    private JsonNode call(String method) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode connection = json.readTree(work.resolve("data/connection.json").toFile());
        URI rpc =
                URI.create(
                        "http://127.0.0.1:"
                                + connection.path("port").asInt()
                                + "/transmission/rpc");
        HttpURLConnection call = (HttpURLConnection) rpc.toURL().openConnection();
        call.setRequestMethod("POST");
        call.setDoOutput(true);
        call.setRequestProperty("X-TT-Auth", connection.path("token").asText());
        try (OutputStream out = call.getOutputStream()) {
            out.write(json.writeValueAsBytes(Map.of("method", method)));
        }
        try (InputStream in = call.getInputStream()) {
            return json.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private Bundle bundle(String name) {
        if (daemon == null) {
            throw new IllegalStateException("not started");
        }
        return daemon.bundles().stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
