package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bittern.control.ControlException;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecondStartTest {
    @Test
    void isRefusedWhateverItsBodyIs(@TempDir Path directory) {
        Router router = new Router(new Orchestrator(new FakeHost(), directory));
        assertThat(start(router, () -> new Params(Map.of())).status()).isEqualTo(200);
        for (Supplier<Params> body :
                List.<Supplier<Params>>of(
                        () -> {
                            throw new ControlException(ControlException.Code.INVALID_REQUEST, "x");
                        },
                        () -> new Params(Map.of("config", 7)))) {
            Reply second = start(router, body);
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.fields()).containsEntry("code", "EngineAlreadyRunning");
        }
    }

    private static Reply start(Router router, Supplier<Params> body) {
        return router.answer("POST", "/engine/start", body);
    }
}
