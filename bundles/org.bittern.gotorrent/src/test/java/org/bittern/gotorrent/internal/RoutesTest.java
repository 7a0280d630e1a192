package org.bittern.gotorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bittern.api.engine.EngineException;
import org.bittern.api.host.EngineHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths and statuses, beside the description. */
@Timeout(30)
class RoutesTest {
    /** Tests run in the directory of their module. */
    private static final Path DESCRIPTION = Path.of("..", "..", "docs", "gotorrent.openapi.json");

    private final Routes routes =
            new Routes(new Calls(fake(EngineHost.class, name -> name), InstantSource.system()));

    @Test
    void theDescriptionHasAllPathsWithTheirMethodsAndNoOthers() throws IOException {
        JsonNode paths = new ObjectMapper().readTree(DESCRIPTION.toFile()).path("paths");
        List<String> ours = new ArrayList<>(routes.paths());
        ours.add(Feeds.PATH);
        assertThat(paths.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(ours);
        for (String path : ours) {
            assertThat(paths.path(path).fieldNames())
                    .toIterable()
                    .as(path)
                    .containsExactlyInAnyOrderElementsOf(methods(path));
        }
    }

    /** Whatever is asked, and whoever asks. */
    @ParameterizedTest
    @ValueSource(strings = {"200", "401", "403", "405", "422", "429", "500", "503"})
    void theDescriptionHasWhatAnyCallMayBeAnswered(String status) throws IOException {
        JsonNode paths = new ObjectMapper().readTree(DESCRIPTION.toFile()).path("paths");
        assertThat(paths).isNotEmpty();
        for (JsonNode methods : paths) {
            for (JsonNode method : methods) {
                assertThat(method.path("responses").has(status))
                        .as(method.path("summary").asText())
                        .isTrue();
            }
        }
    }

    /** HEAD is not worth a description. */
    private List<String> methods(String path) {
        List<String> methods =
                path.equals(Feeds.PATH)
                        ? Routes.LOOK
                        : Objects.requireNonNull(routes.find(path)).methods();
        return methods.stream()
                .filter(method -> !method.equals("HEAD"))
                .map(method -> method.toLowerCase(Locale.ROOT))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(EngineException.Code.class)
    void eachRefusalOfTheEngineHasItsStatus(EngineException.Code code) {
        Map<EngineException.Code, Integer> statuses = new EnumMap<>(EngineException.Code.class);
        statuses.put(EngineException.Code.TORRENT_NOT_FOUND, 404);
        statuses.put(EngineException.Code.INVALID_ARGUMENT, 422);
        statuses.put(EngineException.Code.INVALID_PATH, 422);
        statuses.put(EngineException.Code.INVALID_TORRENT, 400);
        statuses.put(EngineException.Code.ENGINE_NOT_RUNNING, 503);
        statuses.put(EngineException.Code.BUSY, 503);
        Answer answer = answered(new EngineException(code, "the reason"));
        assertThat(answer)
                .isEqualTo(new Answer.Failure(statuses.getOrDefault(code, 500), "the reason"));
    }

    @Test
    void ourOwnFaultsAre500AndTellNothing() {
        assertThat(answered(new IllegalStateException("a secret")))
                .isEqualTo(new Answer.Failure(500, "the call failed, see the log"));
    }

    private static Answer answered(RuntimeException thrown) {
        Routes.Route route =
                new Routes.Route(
                        Routes.LOOK,
                        (params, body) -> {
                            throw thrown;
                        });
        return Routes.run(route, "infohash=x", new byte[0]);
    }
}
