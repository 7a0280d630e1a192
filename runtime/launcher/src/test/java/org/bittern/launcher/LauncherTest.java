package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.cm.impl.ConfigurationManager;
import org.apache.felix.scr.impl.Activator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleActivator;

/** The launcher as a process of its own, with Felix's bundles and one bundle made here. */
// On a thread of its own: reading a pipe does not heed an interrupt.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LauncherTest {
    @TempDir private Path home = Path.of(".");
    private final List<Process> processes = new ArrayList<>();
    private int stopSeconds = 10;

    @BeforeEach
    void makeDistribution() throws IOException, URISyntaxException {
        for (String folder : List.of("bundles", "features", "runtime/test", "tmp")) {
            Files.createDirectories(home.resolve(folder));
        }
        copy(ConfigurationManager.class, "cm-1.jar");
        copy(Activator.class, "scr-1.jar");
        Files.writeString(
                home.resolve("features/core.json"),
                "{\"id\": \"g:core:1\", \"bundles\": [\"g:cm:1\", \"g:scr:1\"]}");
        Files.writeString(
                home.resolve("features/probe.json"),
                "{\"id\": \"g:probe:1\", \"bundles\": [\"g:probe:1\"],"
                        + " \"configurations\": {\"probe\": {\"greeting\": \"hello\"}}}");
        Files.writeString(
                home.resolve("runtime/test/runtime.json"),
                "{\"features\": [\"core\", \"probe\"], \"complete\": true}");
        packProbe("");
    }

    @AfterEach
    void killWhatIsLeft() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void handsOverArgumentsAndConfigurationsAndTheExitCode() throws Exception {
        Process process =
                launch("test", "say", "a b", "--data", "/data/x", "--set", "probe:exit=7");

        assertThat(process.inputReader(StandardCharsets.UTF_8).lines())
                .containsExactly("args=say|a b", "data=/data/x", "greeting=hello");
        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(errors()).isEmpty();
        assertThat(home.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void letsTheCommandLineOverrideAFeature() throws Exception {
        Process process = launch("test", "--set", "probe:greeting=hi", "--set", "probe:exit=0");

        assertThat(process.inputReader(StandardCharsets.UTF_8).lines()).contains("greeting=hi");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void namesTheComponentThatWaitsAndEndsWithOne() throws Exception {
        packProbe("<reference name=\"r\" interface=\"org.example.Missing\" target=\"(a=b)\"/>");

        Process process = launch("test");

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors())
                .containsExactly(
                        "bittern: component probe (bundle probe) waits for org.example.Missing"
                                + " (a=b)");
    }

    @Test
    void whatIsMissingForAMomentOnlyIsNoProblem() throws Exception {
        packFirst(ComesLate.class);
        packProbe("<reference name=\"r\" interface=\"java.lang.Runnable\"/>");

        Process process = launch("test", "--set", "probe:exit=7");

        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(errors()).isEmpty();
    }

    @Test
    void namesTheBundleThatCannotResolve() throws Exception {
        packProbe("", "org.example.missing");

        Process process = launch("test");

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("bittern: bundle probe: ")
                .contains("org.example.missing");
    }

    @Test
    void stopsInOrderOnSigterm() throws Exception {
        Process process = launch("test");
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).startsWith("args=");

        process.destroy();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(home.resolve("tmp")).isEmptyDirectory();
        assertThat(errors()).isEmpty();
    }

    @Test
    void leavesWithTheAskedCodeWhenABundleNeverStops() throws Exception {
        packFirst(NeverStops.class);
        stopSeconds = 1;

        Process process = launch("test", "--set", "probe:exit=7");

        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(errors()).containsExactly("bittern: not stopped after 1000 ms, leaving");
        assertThat(home.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void leavesOnSigtermWhenABundleNeverStops() throws Exception {
        packFirst(NeverStops.class);
        stopSeconds = 1;
        Process process = launch("test");
        assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("args=");

        process.destroy();

        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(errors()).containsExactly("bittern: not stopped after 1000 ms, leaving");
    }

    @Test
    void saysNothingWhenItIsEndedWhileItStarts() throws Exception {
        packFirst(EarlyEnd.class);

        Process process = launch("test");

        assertThat(process.waitFor()).isEqualTo(EarlyEnd.EXIT_CODE);
        assertThat(errors()).isEmpty();
    }

    @Test
    void saysInOneLineThatARuntimeIsUnknown() throws Exception {
        Process process = launch("nonsense");

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors()).singleElement().asString().contains("cannot read");
    }

    @Test
    void saysInOneLineThatAnOptionIsWrong() throws Exception {
        Process process = launch("test", "--set", "nonsense");

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(errors()).singleElement().asString().contains("nonsense");
    }

    @Test
    void saysInOneLineThatNobodyReadsAConfiguration() throws Exception {
        Files.writeString( // a failure ends it with 1, also when a signal would end it with 0
                home.resolve("runtime/test/runtime.json"),
                "{\"features\": [\"core\", \"probe\"], \"service\": true}");

        Process process = launch("test", "--set", "prob:greeting=hi");

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(process.inputReader(StandardCharsets.UTF_8).lines()).isEmpty();
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("bittern: --set prob: no bundle of this runtime reads that");
    }

    private Process launch(String... words) throws IOException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                                "-Dbittern.stop.seconds=" + stopSeconds,
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.bittern.launcher.Launcher",
                                home.toString()));
        line.addAll(List.of(words));
        Process process =
                new ProcessBuilder(line).redirectError(home.resolve("stderr").toFile()).start();
        processes.add(process);
        return process;
    }

    private List<String> errors() throws IOException {
        return Files.readAllLines(home.resolve("stderr"));
    }

    /** Copies the jar that a class came from into the distribution. */
    private void copy(Class<?> type, String name) throws IOException, URISyntaxException {
        Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        Files.copy(jar, home.resolve("bundles").resolve(name));
    }

    /** A bundle that starts before all others and stops after them. */
    private void packFirst(Class<? extends BundleActivator> activator) throws IOException {
        Manifest manifest = manifest("first");
        manifest.getMainAttributes().putValue("Bundle-Activator", activator.getName());
        manifest.getMainAttributes().putValue("Import-Package", "org.osgi.framework");
        pack("first-1.jar", manifest, activator, Map.of());
        Files.writeString(
                home.resolve("features/core.json"),
                "{\"id\": \"g:core:1\", \"bundles\": [\"g:first:1\", \"g:cm:1\", \"g:scr:1\"]}");
    }

    private void packProbe(String reference, String... imports) throws IOException {
        Manifest manifest = manifest("probe");
        Attributes main = manifest.getMainAttributes();
        main.putValue("Service-Component", "probe.xml");
        List<String> packages = new ArrayList<>(List.of("org.osgi.framework"));
        packages.addAll(List.of(imports));
        main.putValue("Import-Package", String.join(",", packages));
        pack("probe-1.jar", manifest, Probe.class, Map.of("probe.xml", component(reference)));
    }

    private static Manifest manifest(String name) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        return manifest;
    }

    private void pack(String name, Manifest manifest, Class<?> type, Map<String, String> texts)
            throws IOException {
        try (OutputStream file = Files.newOutputStream(home.resolve("bundles").resolve(name));
                JarOutputStream jar = new JarOutputStream(file, manifest);
                InputStream code = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            assertThat(code).isNotNull();
            for (Map.Entry<String, String> text : texts.entrySet()) {
                jar.putNextEntry(new ZipEntry(text.getKey()));
                jar.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
            jar.putNextEntry(new ZipEntry(type.getName().replace('.', '/') + ".class"));
            code.transferTo(jar);
        }
    }

    private static String component(String reference) {
        return """
        <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="probe"
            configuration-pid="probe" immediate="true" activate="activate">
          <implementation class="org.bittern.launcher.Probe"/>%s
        </scr:component>
        """
                .formatted(reference);
    }
}
