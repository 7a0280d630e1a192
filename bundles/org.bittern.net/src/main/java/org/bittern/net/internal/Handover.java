package org.bittern.net.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs something on a loop and waits for it; for the rare calls that promise to be done. */
final class Handover {
    private static final long PATIENCE_SECONDS = 5;

    private Handover() {}

    /** What is done on the loop. */
    interface Step {
        void run() throws IOException;
    }

    /**
     * @throws IOException that of the step; or the loop has stopped or is stuck
     */
    static void run(SelectorLoop loop, Step step) throws IOException {
        if (loop.inLoop()) {
            step.run();
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean alive =
                loop.executeIfAlive(() -> {
                    try {
                        step.run();
                        done.complete(null);
                    } catch (IOException e) {
                        done.completeExceptionally(e);
                    }
                });
        if (!alive) {
            throw new IOException(loop + " has stopped");
        }
        try {
            done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        } catch (TimeoutException e) {
            throw new IOException(loop + " did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + loop);
        }
    }
}
