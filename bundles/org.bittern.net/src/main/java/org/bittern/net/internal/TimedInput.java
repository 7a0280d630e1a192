package org.bittern.net.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;

/**
 * Ends each read at the deadline of the whole, however slowly bytes drip in; or, once patience was
 * asked for, so long after the read began. One thread.
 */
final class TimedInput extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private final Ticker ticker;
    private final long deadlineNanos;
    private long patienceNanos; // 0: the deadline counts

    TimedInput(Socket socket, Ticker ticker, long deadlineNanos) throws IOException {
        this.socket = socket;
        this.ticker = ticker;
        this.deadlineNanos = deadlineNanos;
        in = socket.getInputStream();
    }

    /** From now on there is a time limit for each read instead of one for all. */
    void patience(Duration perRead) {
        patienceNanos = perRead.toNanos();
    }

    private void limit() throws IOException {
        long end = patienceNanos == 0 ? deadlineNanos : ticker.nanoTime() + patienceNanos;
        socket.setSoTimeout(ProxiedStream.millisLeft(ticker, end));
    }

    @Override
    public int read() throws IOException {
        limit();
        return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        limit();
        return in.read(target, offset, length);
    }
}
