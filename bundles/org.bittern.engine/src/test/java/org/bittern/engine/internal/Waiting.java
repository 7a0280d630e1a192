package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;

/** What tests wait for. */
final class Waiting {
    static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int COMMAND_SECONDS = 30;

    private Waiting() {}

    static void state(Torrent torrent, TorrentState state) {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(torrent.snapshot().state()).isEqualTo(state));
    }

    static void until(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE).until(condition);
    }

    /** Waits until a number has not changed for a second. */
    static void quiet(LongSupplier number) {
        AtomicLong last = new AtomicLong(Long.MIN_VALUE);
        await().atMost(PATIENCE)
                .during(Duration.ofSeconds(1))
                .until(() -> {
                    long now = number.getAsLong();
                    return last.getAndSet(now) == now;
                });
    }

    /** The result of a command, which must not take long. */
    static <T> T done(CompletionStage<T> command) {
        return command.toCompletableFuture().orTimeout(COMMAND_SECONDS, TimeUnit.SECONDS).join();
    }

    static InetSocketAddress address(Machine machine) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), machine.engine().status().listenPort());
    }
}
