package org.bittern.stream.local.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something again and again until its thread is interrupted. A fault is not the end of it:
 * whoever waits for data is told of progress by the next beat.
 */
final class Pulse implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Pulse.class);

    private final long pauseMillis;
    private final Runnable beat;

    /**
     * A pulse for one thread.
     *
     * @param pauseMillis before each beat
     */
    Pulse(long pauseMillis, Runnable beat) {
        this.pauseMillis = pauseMillis;
        this.beat = beat;
    }

    @Override
    public void run() {
        try {
            while (true) {
                Thread.sleep(pauseMillis);
                beatOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the component stops
        }
    }

    private void beatOnce() {
        try {
            beat.run();
        } catch (RuntimeException e) {
            log.error("a look at the readers of streams failed", e);
        }
    }
}
