package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class RuntimePlanTest {
    @TempDir private Path home = Path.of(".");

    @BeforeEach
    void makeDistribution() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            write("bundles/" + name + "-1.jar", "");
        }
        write(
                "features/low.json",
                """
                {"feature-resource-version": "1.0", "id": "g:low:1", // comments are allowed
                 "bundles": ["g:a:1", {"id": "g:b:1"}],
                 "configurations": {"p": {"x": 1, "y": true, "list": ["s", 2]}}}
                """);
        write(
                "features/high.json",
                """
                {"id": "g:high:1", "bundles": ["g:b:1", "g:c:1"],
                 "configurations": {"p": {"x": 2}, "q~n": {"z": "s"}}}
                """);
        write(
                "runtime/both/runtime.json",
                """
                {"features": ["low", "high"], "configurations": {"p": {"y": false}},
                 "complete": true}
                """);
    }

    @Test
    void findsAJarByItsClassifier() throws Exception {
        write("bundles/d-1-big.jar", "");
        write("features/low.json", "{\"id\": \"g:low:1\", \"bundles\": [\"g:d:jar:big:1\"]}");
        write(
                "runtime/one/runtime.json",
                "{\"features\": [\"low\"], \"service\": true, \"quiet\": [\"b\"]}");

        RuntimePlan plan = RuntimePlan.read(home, "one", List.of());

        assertThat(plan.levels()).containsExactly(List.of(home.resolve("bundles/d-1-big.jar")));
        assertThat(plan.service()).isTrue();
        assertThat(plan.quiet()).containsExactly("b");
        assertThat(plan.complete()).isFalse();
    }

    @Test
    void startsFeaturesInOrderAndEachBundleOnce() throws LaunchException {
        RuntimePlan plan = RuntimePlan.read(home, "both", List.of());

        assertThat(plan.levels()).containsExactly(List.of(jar("a"), jar("b")), List.of(jar("c")));
        assertThat(plan.complete()).isTrue();
    }

    @Test
    void addsFeaturesThatWereAskedFor() throws Exception {
        write("runtime/one/runtime.json", "{\"features\": [\"low\"]}");

        assertThat(RuntimePlan.read(home, "one", List.of("high", "low")).levels())
                .containsExactly(List.of(jar("a"), jar("b")), List.of(jar("c")), List.of());
        assertThatThrownBy(() -> RuntimePlan.read(home, "one", List.of("../low")))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("'../low' is no name of a feature");
        assertThatThrownBy(() -> RuntimePlan.read(home, "one", List.of("none")))
                .hasMessageContaining("cannot read");
    }

    @Test
    void letsLaterConfigurationsOverrideEarlierOnes() throws LaunchException {
        Map<String, Map<String, Object>> configurations =
                RuntimePlan.read(home, "both", List.of()).configurations();

        assertThat(configurations).containsOnlyKeys("p", "q~n");
        assertThat(configurations.get("p"))
                .containsEntry("x", 2L)
                .containsEntry("y", false)
                .containsEntry("list", new String[] {"s", "2"});
    }

    @Test
    void namesTheBundleThatIsNotThere() throws IOException {
        Files.delete(jar("c"));

        assertThatThrownBy(() -> RuntimePlan.read(home, "both", List.of()))
                .hasMessageContaining("g:high:1 lists g:c:1");
    }

    @Test
    void refusesARuntimeThatDoesNotExist() {
        assertThatThrownBy(() -> RuntimePlan.read(home, "none", List.of()))
                .hasMessageContaining("cannot read")
                .hasMessageContaining("none");
    }

    @Test
    void refusesBrokenAndSurprisingFiles() throws IOException {
        assertRefused("[]", "not a JSON object");
        assertRefused("{\"id\": \"a\", \"id\": \"b\"}", "id");
        assertRefused("{\"id\": \"g:low:1\", \"bundles\": [\"../x\"]}", "../x");
        assertRefused("{\"id\": \"g:low:1\", \"bundles\": [\"g:../x:1\"]}", "bad part");
        assertRefused("{\"id\": \"g:low:1\", \"extensions\": {}}", "extensions");
        assertRefused("{\"id\": \"g:low:1\", \"configurations\": {\"p\": {\"k\": null}}}", "null");
        assertRefused("{\"id\": \"g:low:1\", \"configurations\": {\"p\": {\"k\": {}}}}", "value");
        assertRefused("{\"id\": " + "[".repeat(50), "depth");
    }

    private void assertRefused(String feature, String reason) throws IOException {
        write("features/low.json", feature);
        assertThatThrownBy(() -> RuntimePlan.read(home, "both", List.of()))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining(reason);
    }

    private Path jar(String name) {
        return home.resolve("bundles").resolve(name + "-1.jar");
    }

    private void write(String path, String text) throws IOException {
        Path file = home.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
