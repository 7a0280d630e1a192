package org.bittern.net.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** Ends each read at the deadline of the whole, however slowly bytes drip in. One thread. */
final class TimedInput extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private final Ticker ticker;
    private final long deadlineNanos;

    TimedInput(Socket socket, Ticker ticker, long deadlineNanos) throws IOException {
        this.socket = socket;
        this.ticker = ticker;
        this.deadlineNanos = deadlineNanos;
        in = socket.getInputStream();
    }

    @Override
    public int read() throws IOException {
        socket.setSoTimeout(ProxiedStream.millisLeft(ticker, deadlineNanos));
        return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        socket.setSoTimeout(ProxiedStream.millisLeft(ticker, deadlineNanos));
        return in.read(target, offset, length);
    }
}
