package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    @Test
    void optionGoesBeforeTheEnvironmentAndZeroIsTheDefault() {
        assertThat(Arguments.port(List.of(), Map.of())).isZero();
        assertThat(Arguments.port(List.of(), Map.of("PORT", "8080"))).isEqualTo(8080);
        assertThat(Arguments.port(List.of("--port", "1"), Map.of("PORT", "8080"))).isEqualTo(1);
        assertThat(Arguments.port(List.of("--port=65535"), Map.of())).isEqualTo(65535);
    }

    @Test
    void everythingElseIsRefusedInOneLine() {
        for (List<String> words :
                List.of(
                        List.of("--port"),
                        List.of("--port", "x"),
                        List.of("--port", "-1"),
                        List.of("--port", "65536"),
                        List.of("--port", ""),
                        List.of("now"))) {
            assertThatThrownBy(() -> Arguments.port(words, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .isNotEmpty()
                    .doesNotContain("\n");
        }
    }
}
