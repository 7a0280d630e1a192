package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class FelixFolderTest {
    @TempDir private Path work = Path.of(".");
    private Path home = Path.of(".");
    private Path target = Path.of(".");

    @BeforeEach
    void makeDistribution() throws IOException {
        home = work.resolve("home");
        target = work.resolve("a b/felix");
        for (String folder : List.of("bundles", "features", "felix", "lib", "runtime/r")) {
            Files.createDirectories(home.resolve(folder));
        }
        jar("felix/org.apache.felix.main-1.jar", "main", "org.osgi.framework");
        jar("felix/pax-logging-api-1.jar", "pax", "org.slf4j");
        jar("lib/jackson.jar", "jackson", "com.fasterxml.jackson.core;version=\"2\"");
        jar("lib/slf4j.jar", "slf4j", "org.slf4j");
        jar("lib/framework.jar", "framework", "org.osgi.framework,org.osgi.service.cm");
        jar("lib/unrelated.jar", "unrelated", "org.example");
        jar("bundles/a-1.jar", "a", "a");
        jar("bundles/b-1.jar", "b", "b");
        write("features/a.json", "{\"id\": \"g:a:1\", \"bundles\": [\"g:a:1\"]}");
        write("features/b.json", "{\"id\": \"g:b:1\", \"bundles\": [\"g:b:1\"]}");
        write("runtime/r/runtime.json", "{\"features\": [\"a\", \"b\"]}");
    }

    private Properties made(String... words) throws Exception {
        FelixFolder folder = new FelixFolder(home, target);
        folder.make("r", LaunchOptions.parse(List.of(words), Map.of("HOME", "/home/ü")));
        Properties properties = new Properties();
        try (var in = Files.newInputStream(target.resolve("conf/config.properties"))) {
            properties.load(in);
        }
        return properties;
    }

    @Test
    void startsWhatOurLauncherLendsThenEachFeature() throws Exception {
        Properties properties = made("--port", "0", "x y");

        assertThat(properties.getProperty("felix.auto.start.1"))
                .isEqualTo(quoted("pax-logging-api-1.jar") + " " + quoted("jackson.jar"));
        assertThat(properties.getProperty("felix.auto.start.2")).isEqualTo(quoted("a-1.jar"));
        assertThat(properties.getProperty("felix.auto.start.3")).isEqualTo(quoted("b-1.jar"));
        assertThat(properties)
                .containsEntry("org.osgi.framework.startlevel.beginning", "3")
                .containsEntry("bittern.args", "--port\u001f0\u001fx y")
                .containsEntry("bittern.data", "/home/ü/.local/share/bittern")
                .doesNotContainKey("felix.auto.start.4");
        assertThat(target.resolve("bin/felix.jar"))
                .hasSameBinaryContentAs(home.resolve("felix/org.apache.felix.main-1.jar"));
        assertThat(target.resolve("bundle/jackson.jar")).exists();
    }

    @Test
    void aWrongLineAndAFolderThatIsThereHaveExitCodesOfTheirOwn() throws Exception {
        Files.createDirectories(target);

        assertThat(exitCode()).isEqualTo(2);
        assertThat(exitCode(target.toString())).isEqualTo(1);
    }

    @Test
    void anOptionIsNotTakenForTheFolder() throws Exception {
        for (String option : List.of("--help", "-h", "--port")) {
            assertThat(exitCode(option, target.toString())).as(option).isEqualTo(2);
        }
        assertThat(target).doesNotExist();

        assertThat(exitCode("--data", "/d", target.toString(), "--port", "0")).isZero();
        assertThat(target.resolve("conf/config.properties"))
                .content()
                .contains("bittern.data=/d\n", "bittern.args=--port\\u001f0\n");
    }

    private int exitCode(String... typed) {
        List<String> words = new ArrayList<>(List.of(home.toString(), "r"));
        words.addAll(List.of(typed));
        return FelixFolder.exitCode(words);
    }

    @Test
    void refusesWhatItCannotTellAndAFolderThatIsThere() throws Exception {
        assertThatThrownBy(() -> made("--set", "p:k=v"))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("without configurations");
        assertThat(target).doesNotExist();

        Files.createDirectories(target);
        assertThatThrownBy(this::made)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("is there already");
        assertThat(target).isEmptyDirectory();
    }

    private String quoted(String jar) {
        return "\"" + target.resolve("bundle").resolve(jar).toUri() + "\"";
    }

    private void write(String path, String text) throws IOException {
        Files.writeString(home.resolve(path), text);
    }

    private void jar(String path, String name, String exports) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Export-Package", exports);
        try (OutputStream file = Files.newOutputStream(home.resolve(path))) {
            new JarOutputStream(file, manifest).close();
        }
    }
}
