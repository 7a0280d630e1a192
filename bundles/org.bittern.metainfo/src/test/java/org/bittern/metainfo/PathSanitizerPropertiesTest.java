package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PathSanitizerPropertiesTest {
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(400),
                Arbitraries.strings()
                        .withChars("./\\ \u0000aCONnul1\u0301\u00e9\u202e")
                        .ofMaxLength(12));
    }

    @Property
    void whateverComesInAFileNameComesOut(@ForAll("names") String raw, @ForAll NameRules rules) {
        String safe = PathSanitizer.element(raw, rules);
        assertThat(safe).isNotBlank().isNotIn(".", "..").doesNotContain("/", "\\", "\u0000");
        if (rules == NameRules.WINDOWS) {
            assertThat(safe).doesNotEndWith(".").doesNotEndWith(" ").doesNotContain(":");
        }
        assertThat(safe.getBytes(StandardCharsets.UTF_8).length)
                .isBetween(1, PathSanitizer.MAX_ELEMENT_BYTES);
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(safe)).isTrue();
        assertThat(PathSanitizer.element(safe, rules)).isEqualTo(safe);
        Path root = Path.of("/downloads");
        assertThat(root.resolve(safe).normalize().getParent()).isEqualTo(root);
    }

    @Property
    void aNumberedNameIsAFileNameToo(@ForAll("names") String raw, @ForAll NameRules rules) {
        String numbered = PathSanitizer.numbered(PathSanitizer.element(raw, rules), 250_000);
        assertThat(PathSanitizer.element(numbered, rules)).isEqualTo(numbered);
        assertThat(numbered).contains(".250000");
    }
}
