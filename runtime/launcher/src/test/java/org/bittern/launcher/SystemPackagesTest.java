package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;

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

    @Test
    void turnsLinesIntoAHeader() {
        assertThat(SystemPackages.header("# c\n1.2 a b\n\n3 c\n"))
                .isEqualTo("a;version=1.2,b;version=1.2,c;version=3");
    }
}
