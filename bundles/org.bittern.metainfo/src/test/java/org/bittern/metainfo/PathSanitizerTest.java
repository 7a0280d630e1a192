package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PathSanitizerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain.txt|plain.txt",
                "a/b|a_b",
                "..\\..\\x|.._.._x",
                "..|__",
                ".|_",
                "...|___",
                ".hidden|.hidden",
                "name. .|name___",
                "a:b?c*|a_b_c_",
                "con|_con",
                "NUL.txt|_NUL.txt",
                "com1|_com1",
                "LPT\u00b3.log|_LPT\u00b3.log",
                "aux .c|_aux .c",
                "com10|com10",
                "console|console",
                "e\u0301|e\u0301",
                "gpj\u202eexe|gpj_exe",
                "a\u0000b\u001fc\u007fd\u0085|a_b_c_d_",
                "\ud800x|_x",
                "\ud83d\ude00|\ud83d\ude00",
            })
    void makesAnElementSafeForWindows(String raw, String safe) {
        assertThat(PathSanitizer.element(raw, NameRules.WINDOWS)).isEqualTo(safe);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain.txt|plain.txt",
                "a/b|a_b",
                "..\\..\\x|.._.._x",
                "..|__",
                ".|_",
                "...|...",
                "name. .|name. .",
                "a:b?c*|a:b?c*",
                "aux.txt|aux.txt",
                "e\u0301|e\u0301",
                "gpj\u202eexe|gpj_exe",
                "a\u0000b\u001fc\u007fd\u0085|a_b_c_d_",
                "\ud800x|_x",
            })
    void keepsElsewhereWhatIsHarmlessThere(String raw, String safe) {
        assertThat(PathSanitizer.element(raw, NameRules.UNIX)).isEqualTo(safe);
        assertThat(PathSanitizer.element(raw, NameRules.MAC)).isEqualTo(safe);
    }

    @Test
    void knowsTheMachine() {
        assertThat(NameRules.of("Windows 11")).isEqualTo(NameRules.WINDOWS);
        assertThat(NameRules.of("Mac OS X")).isEqualTo(NameRules.MAC);
        assertThat(NameRules.of("Linux")).isEqualTo(NameRules.UNIX);
    }

    @Test
    void namesWhatHasNoName() {
        assertThat(PathSanitizer.element("")).isEqualTo("_");
        assertThat(PathSanitizer.element("  ")).isEqualTo("__");
        assertThat(PathSanitizer.element("\u2003")).isEqualTo("_");
        assertThat(PathSanitizer.path(List.of("", "."))).containsExactly("_");
        assertThat(PathSanitizer.path(List.of())).containsExactly("_");
    }

    @Test
    void leavesElementsOutThatMeanNothing() {
        assertThat(PathSanitizer.path(List.of(".", "a", "", "..", "b.txt")))
                .containsExactly("a", "__", "b.txt");
    }

    @Test
    void neverSplitsAnElement() {
        assertThat(PathSanitizer.path(List.of("../../etc", "passwd")))
                .containsExactly(".._.._etc", "passwd");
    }

    @Test
    void shortensTheStemAndKeepsTheExtension() {
        String safe = PathSanitizer.element("\u00e9".repeat(200) + ".tar.gz");
        assertThat(safe.getBytes(StandardCharsets.UTF_8).length).isBetween(239, 240);
        assertThat(safe).endsWith("\u00e9.gz");
        assertThat(PathSanitizer.element("x".repeat(300))).hasSize(240);
        assertThat(PathSanitizer.element("x." + "y".repeat(300))).hasSize(240).startsWith("x.y");
    }

    @Test
    void keepsANumberWhenItShortens() {
        assertThat(PathSanitizer.numbered("bar.txt", 1)).isEqualTo("bar.1.txt");
        assertThat(PathSanitizer.numbered("README", 12)).isEqualTo("README.12");
        assertThat(PathSanitizer.numbered(".hidden", 2)).isEqualTo(".hidden.2");
        assertThat(PathSanitizer.numbered("x".repeat(236) + ".txt", 7))
                .hasSize(240)
                .endsWith("x.7.txt");
    }
}
