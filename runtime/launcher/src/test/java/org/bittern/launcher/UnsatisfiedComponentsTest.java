package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a component that failed. */
@Timeout(30)
class UnsatisfiedComponentsTest {
    @Test
    void theReasonIsTheInnermostOne() {
        String trace =
                """
                java.lang.reflect.InvocationTargetException
                \tat some.Place
                Caused by: java.lang.IllegalStateException: outer
                \tat some.Place
                Caused by: java.lang.IllegalArgumentException: url is 'x'
                \t... 3 more
                """;
        assertThat(UnsatisfiedComponents.reason(trace)).isEqualTo("url is 'x'");
    }

    @Test
    void withoutACauseItIsTheFailureItself() {
        assertThat(UnsatisfiedComponents.reason("a.Failure: why\n\tat some.Place\n"))
                .isEqualTo("a.Failure: why");
        assertThat(UnsatisfiedComponents.reason("")).isEqualTo("no reason given");
    }
}
