package org.bittern.spi.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;

/**
 * What a socket receives. Ends each read at the deadline of the whole, however slowly bytes drip
 * in; or, once patience was asked for, so long after the read began. One thread.
 */
public final class TimedInput extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private final Deadline deadline;
    private int patienceMillis; // 0: the deadline counts

    /** Reads what has not been read of a socket, which stays its owner's to close. */
    public TimedInput(Socket socket, Deadline deadline) throws IOException {
        this.socket = socket;
        this.deadline = deadline;
        in = socket.getInputStream();
    }

    /**
     * From now on there is a time limit for each read instead of one for all.
     *
     * @param perRead 1 ms or more
     */
    public void patience(Duration perRead) {
        patienceMillis = Math.clamp(perRead.toMillis(), 1, Integer.MAX_VALUE);
    }

    private void limit() throws IOException {
        socket.setSoTimeout(patienceMillis > 0 ? patienceMillis : deadline.millisLeft());
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
