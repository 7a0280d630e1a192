package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.demo.Exchange;
import org.bittern.itest.osgi.DaemonData;
import org.bittern.itest.osgi.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/**
 * Interfaces are exchanged while they are asked without a pause: side by side each call is
 * answered, in other ways soon again.
 *
 * <p>System property: {@code bittern.swap.strict}, see {@link Limit}.
 */
@Timeout(300)
final class AdapterSwapIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Of GoTorrent's interface, while it is exchanged; of others fewer. */
    private static final int CALLS = 4_000;

    private static final int FEWER_CALLS = 1_000;

    private static final int CALLERS = 4;
    private static final int EXCHANGES = 5;

    @TempDir private Path work = Path.of(".");

    @Test
    void everyCallIsAnsweredWhileAnInterfaceIsExchangedSideBySide() throws Exception {
        Path data = DaemonData.in(work);
        try (RunningRuntime daemon = RunningRuntime.daemon(work, data, 0)) {
            DaemonClient client = DaemonClient.of(data);
            hammer(daemon, "org.bittern.gotorrent", CALLS, () -> client.get("/alldata"));
            hammer(
                    daemon,
                    "org.bittern.transmission",
                    FEWER_CALLS,
                    () -> {
                        client.call("session-get", Map.of("fields", List.of("version")));
                        return 200;
                    });
        }
    }

    @Test
    void aUrlAnswersAgainSoonAfterEveryExchange() throws Exception {
        Map<String, String> urls =
                Map.of(
                        "org.bittern.transmission", "/transmission/rpc",
                        "org.bittern.gotorrent", "/alldata",
                        "org.bittern.stream", "/playlist.m3u8");
        Path data = DaemonData.in(work);
        try (RunningRuntime daemon = RunningRuntime.daemon(work, data, 0)) {
            DaemonClient client = DaemonClient.of(data);
            for (Map.Entry<String, String> entry : urls.entrySet()) {
                String path = entry.getValue();
                int code = client.get(path);
                assertThat(code).as(path).isNotEqualTo(404);
                for (Exchange way : Exchange.values()) {
                    Bundle bundle = daemon.bundle(entry.getKey());
                    Duration absent =
                            Absence.during(
                                    () -> client.get(path) == code,
                                    () -> way.exchange(bundle, daemon.context()));
                    System.out.printf("%s %s: %d ms%n", path, way.words(), absent.toMillis());
                    assertThat(absent)
                            .as("%s, %s", path, way.words())
                            .isLessThanOrEqualTo(
                                    Limit.of(Duration.ofMillis(500), Duration.ofSeconds(5)));
                }
            }
        }
    }

    @Test
    void theServerComesBackOnThePortThatWasAskedFor() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path data = DaemonData.in(work);
        try (RunningRuntime daemon = RunningRuntime.daemon(work, data, port)) {
            DaemonClient client = DaemonClient.of(data);
            for (int i = 0; i < EXCHANGES; i++) {
                Bundle web = daemon.bundle("org.bittern.web");
                web.stop();
                web.start();
                await().atMost(SOON)
                        .ignoreExceptions()
                        .until(() -> client.get("/alldata") == 200 && daemon.problems().isEmpty());
                assertThat(client.root().getPort()).isEqualTo(port);
                assertThat(daemon.context().getBundle(0).getState()).isEqualTo(Bundle.ACTIVE);
            }
        }
    }

    private static void hammer(
            RunningRuntime daemon, String bundle, int most, Callable<Integer> call)
            throws Exception {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger exchanges = new AtomicInteger();
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        assertThat(call.call()).isEqualTo(200);
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                ends.add(
                        callers.submit(() -> {
                            while (calls.get() < most || exchanges.get() < EXCHANGES) {
                                ask(call, failed);
                                calls.incrementAndGet();
                            }
                        }));
            }
            for (int i = 1; i <= EXCHANGES; i++) {
                int enough = i * most / (EXCHANGES + 1);
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> calls.get() >= enough);
                Exchange.SIDE_BY_SIDE.exchange(daemon.bundle(bundle), daemon.context());
                exchanges.incrementAndGet();
            }
            for (Future<?> end : ends) {
                end.get(SOON.toSeconds(), TimeUnit.SECONDS);
            }
        }
        assertThat(failed).as("of %d calls of %s", calls.get(), bundle).isEmpty();
        assertThat(calls.get()).isGreaterThanOrEqualTo(most);
    }

    private static void ask(Callable<Integer> call, Queue<String> failed) {
        try {
            int code = call.call();
            if (code != 200) {
                failed.add("status " + code);
            }
        } catch (IOException e) {
            failed.add(e.toString());
        } catch (Exception e) { // what a Callable declares
            throw new IllegalStateException(e);
        }
    }
}
