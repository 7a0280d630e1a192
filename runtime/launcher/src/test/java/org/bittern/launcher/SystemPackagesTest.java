package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;

@Timeout(30)
final class SystemPackagesTest {
    @Test
    void namesOnlyPackagesThatAreOnTheClassPath() {
        for (String clause : List.of(SystemPackages.header().split(",", -1))) {
            String name = clause.substring(0, clause.indexOf(';'));
            assertThat(getClass().getClassLoader().getResource(name.replace('.', '/')))
                    .as(name)
                    .isNotNull();
        }
    }

    @Test
    void givesEachPackageAVersion() {
        for (String clause : List.of(SystemPackages.header().split(",", -1))) {
            String version = clause.substring(clause.indexOf("version=") + "version=".length());
            assertThat(Version.parseVersion(version)).isGreaterThan(Version.emptyVersion);
        }
    }

    /** A bundle must find with ours what it would find with Felix's own list. */
    @Test
    void platformIsWhatFelixWouldExport(@TempDir Path storage) throws Exception {
        Map<String, String> clauses = clauses(SystemPackages.platform());
        Framework framework =
                new FrameworkFactory()
                        .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString()));
        framework.init();
        try {
            Map<String, String> own = clauses(framework.getHeaders().get("Export-Package"));
            assertThat(clauses.keySet()).isEqualTo(own.keySet());
            own.forEach((name, version) -> {
                if (name.startsWith("org.osgi.")) {
                    assertThat(Version.parseVersion(clauses.get(name)))
                            .as(name)
                            .isEqualTo(Version.parseVersion(version));
                }
            });
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }

    /** Name → version, without quotes; empty where there is none. */
    private static Map<String, String> clauses(String header) {
        Map<String, String> clauses = new TreeMap<>();
        // Commas within quotes separate nothing.
        for (String clause : header.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            String[] parts = clause.strip().split(";", -1);
            String version = "";
            for (String part : parts) {
                if (part.strip().startsWith("version=")) {
                    version = part.strip().substring("version=".length()).replace("\"", "");
                }
            }
            clauses.put(parts[0].strip(), version);
        }
        return clauses;
    }

    @Test
    void turnsLinesIntoAHeader() {
        assertThat(SystemPackages.header("# c\n1.2 a b\n\n3 c\n"))
                .isEqualTo("a;version=1.2,b;version=1.2,c;version=3");
    }
}
