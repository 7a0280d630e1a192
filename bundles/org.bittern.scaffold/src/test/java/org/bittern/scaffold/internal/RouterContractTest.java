package org.bittern.scaffold.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.EngineException;
import org.bittern.api.host.EngineHost;
import org.bittern.control.Orchestrator;
import org.bittern.control.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which calls there are, and what is answered when something goes wrong that is ours. */
@Timeout(60)
class RouterContractTest {
    private static final Params NOTHING = new Params(Map.of());

    @TempDir private Path directory = Path.of(".");
    private final FakeHost host = new FakeHost();

    /** The surface that a new runtime copies: what tests need beside it comes from elsewhere. */
    @Test
    void theseAreTheCalls() {
        assertThat(router(host).routes())
                .extracting(route -> route.method() + " " + route.path())
                .containsExactlyInAnyOrder(
                        "POST /engine/start",
                        "POST /engine/stop",
                        "GET /engine/status",
                        "POST /torrent/add",
                        "GET /torrent/:id/status",
                        "POST /torrent/:id/pause",
                        "POST /torrent/:id/resume",
                        "POST /torrent/:id/remove",
                        "POST /shutdown");
    }

    @Test
    void whatBreaksIsAnsweredWithoutItsStackTraceWhichIsInTheLog() {
        for (Throwable fault : List.of(new IllegalStateException("x"), new StackOverflowError())) {
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            PrintStream before = System.err;
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try {
                Reply reply = router(host).answer("POST", "/engine/start", () -> breaking(fault));
                assertFault(reply);
            } finally {
                System.setErr(before);
            }
            assertThat(log.toString(StandardCharsets.UTF_8))
                    .contains(fault.getClass().getName())
                    .contains("at org.bittern.scaffold.internal.RouterContractTest");
        }
    }

    private static Params breaking(Throwable fault) {
        switch (fault) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalArgumentException(fault);
        }
    }

    @Test
    void startWithoutAllPartsIsNoFaultOfTheCaller() {
        for (EngineException.Code code :
                List.of(
                        EngineException.Code.UNSUPPORTED,
                        EngineException.Code.ENGINE_NOT_RUNNING)) {
            host.failNextStart(new EngineException(code, "no engine is installed"));
            assertFault(router(host).answer("POST", "/engine/start", () -> NOTHING));
        }
    }

    @Test
    void engineThatStopsWhileItsStatusIsAskedForIsLookedForOnce() {
        Router router = router(host);
        assertThat(router.answer("POST", "/engine/start", () -> NOTHING).status()).isEqualTo(200);
        AtomicInteger looks = new AtomicInteger();
        EngineHost leaving =
                (EngineHost)
                        Proxy.newProxyInstance(
                                EngineHost.class.getClassLoader(),
                                new Class<?>[] {EngineHost.class},
                                (proxy, method, given) ->
                                        looks.getAndIncrement() == 0
                                                ? host.engine()
                                                : Optional.empty());
        router = router(leaving);
        assertThat(router.answer("GET", "/engine/status", () -> NOTHING).fields())
                .containsEntry("running", true)
                .containsEntry("version", "1.2.3");
        assertThat(router.answer("GET", "/engine/status", () -> NOTHING).fields())
                .containsExactly(Map.entry("ok", true), Map.entry("running", false));
    }

    private Router router(EngineHost of) {
        return new Router(new Orchestrator(of, directory));
    }

    private static void assertFault(Reply reply) {
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.fields()).containsOnlyKeys("ok", "error", "code");
        assertThat(reply.fields())
                .containsEntry("ok", false)
                .containsEntry("code", "InternalError");
        assertThat(String.valueOf(reply.fields())).doesNotContain(".java");
    }
}
