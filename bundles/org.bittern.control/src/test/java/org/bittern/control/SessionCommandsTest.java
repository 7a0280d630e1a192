package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.host.EngineHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionCommandsTest {
    private final List<String> done = new ArrayList<>();

    /** Takes everything but labels with a comma, and says so. */
    private final Torrent torrent =
            fake(
                    Torrent.class,
                    (proxy, method, given) -> {
                        if (given[0].toString().contains(",x")) {
                            throw new EngineException(
                                    EngineException.Code.INVALID_ARGUMENT, "a comma");
                        }
                        done.add(method.getName());
                        return CompletableFuture.completedFuture(null);
                    });

    private final Engine engine =
            fake(Engine.class, (proxy, method, given) -> Optional.of(torrent));

    private final SessionCommands commands =
            new SessionCommands(
                    new Orchestrator(
                            fake(
                                    EngineHost.class,
                                    (proxy, method, given) -> host(method.getName())),
                            Path.of("/downloads")));

    private Object host(String method) {
        return method.equals("require") ? engine : Optional.of(engine);
    }

    @Test
    void optionsAndLabelsAreTakenTogether() {
        commands.options("id", params(List.of("one"), 1));
        assertThat(done).containsExactlyInAnyOrder("setLabels", "setOptions");
    }

    @Test
    void noOptionIsTakenWhenALabelIsRefused() {
        assertThatThrownBy(() -> commands.options("id", params(List.of("one", "a,x"), 1)))
                .hasMessageContaining("a comma");
        assertThat(done).isEmpty();
    }

    @Test
    void noLabelIsTakenWhenAnOptionIsRefused() {
        assertThatThrownBy(() -> commands.options("id", params(List.of("one"), "high")))
                .isInstanceOf(ControlException.class);
        assertThatThrownBy(() -> commands.options("id", params(7, 1)))
                .isInstanceOf(ControlException.class);
        assertThat(done).isEmpty();
    }

    @Test
    void onlySettingsThatTheEngineActsOnAreTaken() {
        for (String name :
                List.of(
                        "watch-dir",
                        "watch-dir-enabled",
                        "trash-original-torrent-files",
                        "rpc-port")) {
            assertThat(EngineSettings.named(name)).as(name).isPresent();
            assertThatThrownBy(
                            () -> commands.apply(new Params(Map.of("settings", Map.of(name, 1)))))
                    .as(name)
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("'" + name + "' is not known");
        }
    }

    private static Params params(Object labels, Object priority) {
        return new Params(
                Map.of("labels", labels, "options", Map.of("bandwidth-priority", priority)));
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
