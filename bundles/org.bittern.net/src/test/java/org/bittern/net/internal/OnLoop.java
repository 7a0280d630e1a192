package org.bittern.net.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;

/** Runs a piece of a test on a loop and waits for its result. */
final class OnLoop {
    private OnLoop() {}

    static <T> T call(EventLoop loop, Callable<T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(body.call());
            } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    static void run(EventLoop loop, Runnable body) throws Exception {
        call(
                loop,
                () -> {
                    body.run();
                    return true;
                });
    }
}
