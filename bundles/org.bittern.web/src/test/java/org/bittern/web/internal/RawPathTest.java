package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RawPathTest {
    @Test
    void decodesOnce() {
        assertThat(RawPath.decoded("/stream/%C3%A4%20b%2Bc+%2525"))
                .contains("/stream/\u00e4 b+c+%25");
        assertThat(RawPath.decoded("/")).contains("/");
        assertThat(RawPath.decoded("/...")).contains("/...");
    }

    @Test
    void whatCouldBeUnderstoodInTwoWaysNamesNothing() {
        for (String raw :
                List.of(
                        "",
                        "*",
                        "a",
                        "/a/../b",
                        "/a/%2e%2e/b",
                        "/%2E",
                        "/..",
                        "/.",
                        "//a",
                        "/a//b",
                        "/a%2fb",
                        "/a%5Cb",
                        "/a\\b",
                        "/a;x=1",
                        "/a%00",
                        "/a%0a",
                        "/%",
                        "/%4",
                        "/%zz",
                        "/%ff",
                        "/%c3",
                        "/" + "a".repeat(9000))) {
            assertThat(RawPath.decoded(raw)).as(raw).isEmpty();
        }
    }
}
