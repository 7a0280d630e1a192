package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** For how long something was not there while a bundle was exchanged. */
final class Absence {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Callable<Boolean> there;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean exchanged;

    private Absence(Callable<Boolean> there) {
        this.there = there;
    }

    /**
     * Asks without a pause from before an exchange until it is there after it.
     *
     * @param there on a thread of its own; an {@link IOException} is a no
     * @return the longest time between two times that it was there
     * @throws TimeoutException it does not come back
     */
    static Duration during(Callable<Boolean> there, Callable<?> exchange) throws Exception {
        Absence absence = new Absence(there);
        try (ExecutorService asker = Executors.newSingleThreadExecutor()) {
            Future<Duration> longest = asker.submit(absence::longest);
            try {
                assertThat(absence.begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("it is there before")
                        .isTrue();
                exchange.call();
            } finally {
                absence.exchanged = true;
            }
            return longest.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private Duration longest() throws Exception {
        long last = System.nanoTime();
        long longest = 0;
        while (true) {
            boolean after = exchanged; // before it is asked
            boolean present = isThere();
            long now = System.nanoTime();
            if (begun.getCount() == 0) {
                longest = Math.max(longest, now - last);
            }
            if (present) {
                if (after) {
                    return Duration.ofNanos(longest);
                }
                begun.countDown();
                last = now;
            } else if (now - last > PATIENCE.toNanos()) {
                throw new TimeoutException("not there for " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    private boolean isThere() throws Exception {
        try {
            return there.call();
        } catch (IOException e) {
            return false;
        }
    }
}
