package org.bittern.itest.osgi;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ops4j.pax.exam.Option;

/**
 * Turns a runtime of the built distribution into options for Pax Exam. Used on the test driver's
 * side of the framework only.
 */
final class Composition {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    /** What the launcher exports to bundles; the tests export the same, and their own libraries. */
    private static final String SYSTEM_PACKAGES = "/org/bittern/launcher/system-packages.txt";

    private static final List<String> TEST_PACKAGES =
            List.of("org.assertj.core.api", "org.awaitility", "org.awaitility.core");

    /** Where Pax Exam puts the bundle of the test. */
    private static final int LEAST_START_LEVEL = 5;

    private Composition() {}

    /**
     * All that {@code runtime.json} and its features list, at the launcher's start levels.
     *
     * @param arguments as if typed behind the name of the runtime
     */
    static Option[] of(String runtime, String... arguments) throws IOException {
        Path home = Path.of(System.getProperty("bittern.home"));
        return of(home, features(home, runtime), home.resolve("no-data"), arguments);
    }

    /**
     * The same with a data directory, and with one more feature.
     *
     * @param arguments as if typed behind the name of the runtime
     */
    static Option[] of(String runtime, Path data, String feature, String... arguments)
            throws IOException {
        Path home = Path.of(System.getProperty("bittern.home"));
        List<String> features = features(home, runtime);
        features.add(feature);
        return of(home, features, data, arguments);
    }

    private static List<String> features(Path home, String runtime) throws IOException {
        List<String> features = new ArrayList<>();
        read(home, "runtime/" + runtime + "/runtime.json")
                .get("features")
                .forEach(feature -> features.add(feature.asText()));
        return features;
    }

    private static Option[] of(Path home, List<String> features, Path data, String... arguments)
            throws IOException {
        List<Option> options = new ArrayList<>();
        int level = 1;
        for (String feature : features) {
            for (JsonNode id : read(home, "features/" + feature + ".json").get("bundles")) {
                Path jar = home.resolve("bundles").resolve(fileName(id.asText()));
                options.add(bundle("reference:" + jar.toUri()).startLevel(level));
            }
            level++;
        }
        options.add(frameworkStartLevel(Math.max(level, LEAST_START_LEVEL)));
        options.add(junitBundles());
        options.add(systemPackages(packages().toArray(new String[0])));
        options.add(frameworkProperty("felix.cm.pm").value("memory"));
        options.add(frameworkProperty("bittern.args").value(String.join("\u001f", arguments)));
        options.add(frameworkProperty("bittern.data").value(data.toString()));
        options.add(
                frameworkProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"));
        return options.toArray(new Option[0]);
    }

    /** Of {@code group:artifact:version} or {@code group:artifact:jar:classifier:version}. */
    private static String fileName(String id) {
        String[] parts = id.split(":", -1);
        return parts.length == 3
                ? parts[1] + "-" + parts[2] + ".jar"
                : parts[1] + "-" + parts[4] + "-" + parts[3] + ".jar";
    }

    private static JsonNode read(Path home, String file) throws IOException {
        return JSON.readTree(home.resolve(file).toFile());
    }

    private static List<String> packages() throws IOException {
        List<String> packages = new ArrayList<>(TEST_PACKAGES);
        try (InputStream in = Composition.class.getResourceAsStream(SYSTEM_PACKAGES)) {
            if (in == null) {
                throw new IOException("no " + SYSTEM_PACKAGES + " on the class path");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
                String[] words = line.strip().split(" +", -1);
                for (int i = 1; i < words.length; i++) {
                    packages.add(words[i] + ";version=" + words[0]);
                }
            }
        }
        return packages;
    }
}
