package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTest {

    @Test
    void pathWithoutIdMatchesItselfOnly() {
        Route route = Route.post("/engine/start", call -> Map.of());
        assertThat(route.match("/engine/start")).hasValue("");
        assertThat(route.match("/engine/start/")).isEmpty();
        assertThat(route.match("/engine")).isEmpty();
        assertThat(route.namesTorrent()).isFalse();
        assertThat(route.needsEngine()).isTrue();
        assertThat(route.withoutEngine().needsEngine()).isFalse();
    }

    @Test
    void idIsOneElementThatIsNotEmpty() {
        Route route = Route.get("/torrent/:id/status", call -> Map.of());
        assertThat(route.namesTorrent()).isTrue();
        assertThat(route.match("/torrent/aB/status")).hasValue("aB");
        for (String other :
                new String[] {
                    "/torrent//status",
                    "/torrent/status",
                    "/torrent/a/b/status",
                    "/torrent/a/status/x",
                    "/torrent/a",
                    "/torrents/a/status",
                    ""
                }) {
            assertThat(route.match(other)).as(other).isEmpty();
        }
    }
}
