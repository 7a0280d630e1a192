package org.bittern.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether the command should end early: the process is being stopped. Thread-safe. */
public final class Stop {
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Asks for the end. */
    public void ask() {
        asked.countDown();
    }

    /** Waits. True when it should end now. */
    public boolean within(long millis) {
        try {
            return asked.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
