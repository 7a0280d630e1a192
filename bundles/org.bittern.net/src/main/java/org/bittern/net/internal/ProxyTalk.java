package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Leads a {@link ProxyDialogue} over a socket that does not block. Owned by the socket's loop. */
final class ProxyTalk {
    private final ProxyDialogue dialogue;
    private ByteBuffer out;
    private ByteBuffer in;

    ProxyTalk(ProxyDialogue dialogue) {
        this.dialogue = dialogue;
        out = ByteBuffer.wrap(dialogue.opening());
        in = ByteBuffer.allocate(dialogue.wanted());
    }

    /**
     * Says and hears what is possible now.
     *
     * @return 0 when the dialogue is over, else what to wait for
     */
    int proceed(SocketChannel channel) throws IOException {
        while (true) {
            channel.write(out);
            if (out.hasRemaining()) {
                return SelectionKey.OP_WRITE;
            }
            if (dialogue.wanted() == 0) {
                return 0;
            }
            int read = channel.read(in);
            if (read < 0) {
                throw new EOFException("the proxy hung up");
            }
            if (in.hasRemaining()) {
                return SelectionKey.OP_READ;
            }
            out = ByteBuffer.wrap(dialogue.heard(in.flip()));
            in = ByteBuffer.allocate(dialogue.wanted());
        }
    }
}
