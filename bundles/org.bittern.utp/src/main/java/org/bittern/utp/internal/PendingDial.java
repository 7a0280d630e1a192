package org.bittern.utp.internal;

import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;

/** A dial whose outcome nobody has heard of yet. Owned by the loop of its connection. */
final class PendingDial {
    private final Transport.Dial outcome;
    private final EventLoop.Timer timer;

    /**
     * @param late runs when the time is over
     */
    PendingDial(EventLoop loop, long timeoutNanos, Transport.Dial outcome, Runnable late) {
        this.outcome = outcome;
        timer = loop.schedule(timeoutNanos, late);
    }

    void connected(UtpConnection connection) {
        timer.cancel();
        boolean taken = false;
        try {
            outcome.connected(connection);
            taken = true;
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }

    void failed(String reason) {
        timer.cancel();
        outcome.failed(reason);
    }
}
