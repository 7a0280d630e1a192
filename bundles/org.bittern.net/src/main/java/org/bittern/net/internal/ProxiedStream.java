package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Leads a {@link ProxyDialogue} over a blocking socket. */
final class ProxiedStream {
    private ProxiedStream() {}

    /**
     * Leads the dialogue to its end.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     */
    static void lead(Socket socket, ProxyDialogue dialogue, Ticker ticker, long deadlineNanos)
            throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        out.write(dialogue.opening());
        out.flush();
        while (dialogue.wanted() > 0) {
            byte[] heard = new byte[dialogue.wanted()];
            int length = 0;
            while (length < heard.length) {
                socket.setSoTimeout(millisLeft(ticker, deadlineNanos));
                int read = in.read(heard, length, heard.length - length);
                if (read < 0) {
                    throw new EOFException("the proxy hung up");
                }
                length += read;
            }
            byte[] answer = dialogue.heard(ByteBuffer.wrap(heard));
            if (answer.length > 0) {
                out.write(answer);
                out.flush();
            }
        }
        socket.setSoTimeout(0);
    }

    static int millisLeft(Ticker ticker, long deadlineNanos) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - ticker.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
