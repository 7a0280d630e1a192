package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.bittern.spi.net.Deadline;

/** Leads a {@link ProxyDialogue} over a blocking socket. */
final class ProxiedStream {
    private ProxiedStream() {}

    /** Leads the dialogue to its end. */
    static void lead(Socket socket, ProxyDialogue dialogue, Deadline deadline) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        out.write(dialogue.opening());
        out.flush();
        while (dialogue.wanted() > 0) {
            byte[] heard = new byte[dialogue.wanted()];
            int length = 0;
            while (length < heard.length) {
                socket.setSoTimeout(deadline.millisLeft());
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
}
