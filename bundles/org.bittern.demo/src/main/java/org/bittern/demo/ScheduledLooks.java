package org.bittern.demo;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks by the clock of the machine, on a thread of their own. */
final class ScheduledLooks implements Ticker.Looks {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    @Override
    public void every(Duration period, Runnable look) {
        var _ = thread.scheduleAtFixedRate(look, 0, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        var _ = thread.shutdownNow();
        thread.close();
    }
}
