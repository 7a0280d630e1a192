package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalPolicyTest {
    private static final int PORT = 8080;

    @Test
    void ownNamesAreWelcomeInAnyCaseWithAndWithoutThePort() {
        for (String host :
                List.of(
                        "localhost",
                        "LocalHost:8080",
                        "127.0.0.1",
                        "127.0.0.1:8080",
                        "[::1]",
                        "[::1]:8080")) {
            assertThat(LocalPolicy.refusal(host, List.of(), PORT)).as(host).isEmpty();
        }
    }

    @Test
    void otherHostsAreRefused() {
        for (String host :
                List.of(
                        "",
                        "evil.example",
                        "localhost:81",
                        "localhost.evil.example",
                        "127.0.0.2",
                        "localhost:8080:8080",
                        "::1",
                        "127.0.0.1:",
                        "localhost@evil.example")) {
            assertThat(LocalPolicy.refusal(host, List.of(), PORT)).as(host).isPresent();
        }
        @Nullable String missing = null;
        assertThat(LocalPolicy.refusal(missing, List.of(), PORT)).isPresent();
    }

    @Test
    void ownOriginIsWelcomeAndEveryOtherIsNot() {
        assertThat(LocalPolicy.refusal("localhost", List.of("http://localhost:8080"), PORT))
                .isEmpty();
        for (String origin :
                List.of(
                        "null",
                        "",
                        "http://evil.example",
                        "https://localhost:8080",
                        "http://localhost:81",
                        "file://")) {
            assertThat(LocalPolicy.refusal("localhost", List.of(origin), PORT))
                    .as(origin)
                    .isPresent();
        }
    }

    @Test
    void oneForeignOriginAmongSeveralIsEnough() {
        assertThat(
                        LocalPolicy.refusal(
                                "localhost",
                                List.of("http://localhost:8080", "http://evil.example"),
                                PORT))
                .isPresent();
    }
}
