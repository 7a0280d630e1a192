package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/** The settings of a daemon as a configuration, with the real ConfigAdmin, which tells late. */
@Timeout(300)
final class ConfiguredSettingsIT {
    private static final String PID = "org.bittern.settings";
    private static final String DOOR = "org.bittern.web";
    private static final String THRESHOLD = "anti.brute.force.threshold";
    private static final int UPDATES = 30;

    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private @Nullable RunningDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = new RunningDaemon(work, "--set", DOOR + ":" + THRESHOLD + "=70");
    }

    @AfterEach
    void stop() throws BundleException {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void whatIsConfiguredIsStoredHoweverFastItComes() throws Exception {
        await().atMost(RunningDaemon.SOON).until(() -> shown().containsKey("pex-enabled"));
        for (int limit = 1; limit <= UPDATES; limit++) {
            configure("alt-speed-up", limit);
        }
        await().atMost(RunningDaemon.SOON)
                .until(() -> stored().path("alt-speed-up").asInt() == UPDATES);

        configure("pex-enabled", "false");
        await().atMost(RunningDaemon.SOON).until(() -> stored().has("pex-enabled"));
        assertThat(stored().path("pex-enabled").asBoolean(true)).isFalse();
        assertThat(stored().path("alt-speed-up").asInt()).isEqualTo(UPDATES);
        await().atMost(RunningDaemon.SOON)
                .until(() -> Boolean.FALSE.equals(shown().get("pex-enabled")));
        assertThat(shown()).doesNotContainKey("rpc-password");
    }

    @Test
    void anUpdatedDaemonGoesOnToObeySettings() throws Exception {
        await().atMost(RunningDaemon.SOON).until(() -> shown().containsKey("pex-enabled"));
        Objects.requireNonNull(daemon).bundle("org.bittern.daemon").update();
        for (int threshold : new int[] {71, 72}) {
            configure("anti-brute-force-threshold", threshold);
            await().atMost(RunningDaemon.SOON)
                    .until(() -> Objects.equals(shown(DOOR).get(THRESHOLD), threshold));
        }
    }

    @Test
    void configAdminMayGoAndComeBack() throws Exception {
        RunningDaemon running = Objects.requireNonNull(daemon);
        await().atMost(RunningDaemon.SOON).until(() -> shown().containsKey("pex-enabled"));
        Object port = Objects.requireNonNull(shown(DOOR).get("port"));
        assertThat(shown(DOOR)).containsEntry(THRESHOLD, "70");
        Bundle admin = running.bundle("org.apache.felix.configadmin");

        admin.stop();
        assertThat(running.get("/alldata")).startsWith("200 ");
        admin.update();
        admin.start();

        await().atMost(RunningDaemon.SOON)
                .untilAsserted(() ->
                        assertThat(shown(DOOR))
                                .containsEntry("port", port)
                                .containsEntry(THRESHOLD, "70"));
        assertThat(running.get("/alldata")).startsWith("200 ");
        configure("anti-brute-force-threshold", 71);
        await().atMost(RunningDaemon.SOON)
                .until(() -> Objects.equals(shown(DOOR).get(THRESHOLD), 71));
        assertThat(running.get("/alldata")).startsWith("200 ");
    }

    private JsonNode stored() throws IOException {
        return new ObjectMapper().readTree(work.resolve("data/settings.json").toFile());
    }

    private void configure(String key, Object value) throws ReflectiveOperationException {
        Map<String, Object> properties = shown();
        properties.put(key, value);
        update(properties);
    }

    /** The class of ConfigAdmin is the framework's, not ours. */
    private Object configuration(String pid) throws ReflectiveOperationException {
        BundleContext context = Objects.requireNonNull(daemon).bundle(PID).getBundleContext();
        ServiceReference<?> reference =
                context.getServiceReference("org.osgi.service.cm.ConfigurationAdmin");
        Object admin = context.getService(Objects.requireNonNull(reference));
        return type("org.osgi.service.cm.ConfigurationAdmin", admin)
                .getMethod("getConfiguration", String.class, String.class)
                .invoke(admin, pid, "?");
    }

    private static Class<?> type(String name, Object service) throws ClassNotFoundException {
        return Class.forName(name, true, service.getClass().getClassLoader());
    }

    private Map<String, Object> shown() throws ReflectiveOperationException {
        return shown(PID);
    }

    private Map<String, Object> shown(String pid) throws ReflectiveOperationException {
        Object configuration = configuration(pid);
        @SuppressWarnings("unchecked") // as the method says
        Dictionary<String, Object> properties =
                (Dictionary<String, Object>)
                        type("org.osgi.service.cm.Configuration", configuration)
                                .getMethod("getProperties")
                                .invoke(configuration);
        Map<String, Object> shown = new HashMap<>();
        if (properties != null) {
            Collections.list(properties.keys()).forEach(key -> shown.put(key, properties.get(key)));
        }
        return shown;
    }

    private void update(Map<String, Object> properties) throws ReflectiveOperationException {
        Object configuration = configuration(PID);
        type("org.osgi.service.cm.Configuration", configuration)
                .getMethod("update", Dictionary.class)
                .invoke(configuration, FrameworkUtil.asDictionary(properties));
    }
}
